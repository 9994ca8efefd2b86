package io.gatepost.rpc;

import io.gatepost.contract.setting.SettingException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of the calls between services, and of the port that operators ask.
///
/// @param token the bearer token that every call carries; without one, services listen on loopback
///   only
/// @param contentToken another bearer token, which queue-service takes for reading content and for
///   nothing else, and by which scanner-gateway reads it; without one that needs `token`
/// @param timeout how long a call may take where its caller set no deadline
/// @param routing where routing-service listens
/// @param verification where verification-service listens
/// @param scanner where scanner-gateway listens
/// @param queue where queue-service listens
/// @param delivery where delivery-service listens
/// @param hosts names under which this process may be asked over HTTP, besides those that
///   [HostGuard] knows
@ConfigurationProperties(prefix = "gatepost.rpc", ignoreUnknownFields = false)
public record RpcProperties(
    @DefaultValue("") String token,
    @DefaultValue("") String contentToken,
    @DefaultValue("30s") Duration timeout,
    @DefaultValue("http://127.0.0.1:8081") URI routing,
    @DefaultValue("http://127.0.0.1:8082") URI verification,
    @DefaultValue("http://127.0.0.1:8083") URI scanner,
    @DefaultValue("http://127.0.0.1:8084") URI queue,
    @DefaultValue("http://127.0.0.1:8085") URI delivery,
    @DefaultValue List<String> hosts) {

  @ConstructorBinding
  public RpcProperties {
    hosts = List.copyOf(hosts);
    if (timeout.isNegative() || timeout.isZero()) {
      throw new SettingException("gatepost.rpc.timeout", timeout, "a duration above zero");
    }
    check("routing", routing);
    check("verification", verification);
    check("scanner", scanner);
    check("queue", queue);
    check("delivery", delivery);
  }

  /// Settings without a token for reading content.
  public RpcProperties(
      String token,
      Duration timeout,
      URI routing,
      URI verification,
      URI scanner,
      URI queue,
      URI delivery,
      List<String> hosts) {
    this(token, "", timeout, routing, verification, scanner, queue, delivery, hosts);
  }

  private static void check(String key, URI base) {
    boolean http = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
    if (!http || base.getHost() == null) {
      throw new SettingException(
          "gatepost.rpc." + key, base, "a base URL such as http://127.0.0.1:8081");
    }
  }

  /// Without the token, which has no place in a log.
  @Override
  public String toString() {
    return "RpcProperties[token=%s, timeout=%s]"
        .formatted(token.isEmpty() ? "none" : "set", timeout);
  }
}
