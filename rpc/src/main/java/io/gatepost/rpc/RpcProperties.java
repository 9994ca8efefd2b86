package io.gatepost.rpc;

import io.gatepost.contract.setting.SettingException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of the calls between services, and of the port that operators ask.
///
/// @param token the bearer token that every call of this process carries; where there are no
///   `tokens`, also the one that it takes from everybody, for everything
/// @param scannerToken the bearer token of calls to scanner-gateway, where it is another: who takes
///   a call learns its caller's token, and scanner-gateway is not to have one that is good
///   elsewhere
/// @param tokens the bearer tokens that this process takes, by caller; without any token services
///   listen on loopback only
/// @param timeout how long a call may take where its caller set no deadline
/// @param lookupInterval how often the names of services are looked up, 1 s to 5 min: each address
///   of a name is an instance of the service
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
    @DefaultValue("") String scannerToken,
    @NestedConfigurationProperty @DefaultValue CallerTokens tokens,
    @DefaultValue("30s") Duration timeout,
    @DefaultValue("5s") Duration lookupInterval,
    @DefaultValue("http://127.0.0.1:8081") URI routing,
    @DefaultValue("http://127.0.0.1:8082") URI verification,
    @DefaultValue("http://127.0.0.1:8083") URI scanner,
    @DefaultValue("http://127.0.0.1:8084") URI queue,
    @DefaultValue("http://127.0.0.1:8085") URI delivery,
    @DefaultValue List<String> hosts) {

  private static final String SCANNER_TOKEN = "gatepost.rpc.scanner-token";
  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
  private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(5);

  @ConstructorBinding
  public RpcProperties {
    hosts = List.copyOf(hosts);
    if (timeout.isNegative() || timeout.isZero()) {
      throw new SettingException("gatepost.rpc.timeout", timeout, "a duration above zero");
    }
    if (lookupInterval.compareTo(SHORTEST_INTERVAL) < 0
        || lookupInterval.compareTo(LONGEST_INTERVAL) > 0) {
      throw new SettingException("gatepost.rpc.lookup-interval", lookupInterval, "1s to 5m");
    }
    if (!scannerToken.isEmpty() && scannerToken.equals(token)) {
      throw new SettingException(
          SCANNER_TOKEN,
          "that of gatepost.rpc.token",
          "another, for calls to scanner-gateway only");
    }
    check("routing", routing);
    check("verification", verification);
    check("scanner", scanner);
    check("queue", queue);
    check("delivery", delivery);
  }

  /// Settings without tokens by caller.
  public RpcProperties(
      String token,
      Duration timeout,
      URI routing,
      URI verification,
      URI scanner,
      URI queue,
      URI delivery,
      List<String> hosts) {
    this(
        token,
        "",
        CallerTokens.NONE,
        timeout,
        DEFAULT_INTERVAL,
        routing,
        verification,
        scanner,
        queue,
        delivery,
        hosts);
  }

  /// Whether callers need a token.
  public boolean asksForToken() {
    return !token.isEmpty() || !tokens.isEmpty();
  }

  /// Returns the token by which an operator may call this process; empty where there is none.
  public String operatorToken() {
    return tokens.isEmpty() ? token : tokens.operator();
  }

  /// Returns the token that calls to a service carry; empty for none. Throws [SettingException]
  /// where callers have tokens of their own, and scanner-gateway would hear the one by which this
  /// process may call others.
  String tokenFor(Service service) {
    if (service != Service.SCANNER) {
      return token;
    }
    if (!scannerToken.isEmpty()) {
      return scannerToken;
    }
    if (!token.isEmpty() && !tokens.isEmpty()) {
      throw new SettingException(
          SCANNER_TOKEN,
          "",
          "a token for calls to scanner-gateway only, as gatepost.rpc.tokens is set");
    }
    return token;
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
    return "RpcProperties[token=%s, tokens=%s, timeout=%s]"
        .formatted(token.isEmpty() ? "none" : "set", tokens, timeout);
  }
}
