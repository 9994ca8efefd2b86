package io.gatepost.delivery;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.delivery.transport.smtp.SmartHost;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of delivery.
///
/// @param instance the name of this delivery-service among several; no two may have the same
/// @param maildirRoot holds `<domain>/<user>`; by default `maildir` in the data directory
/// @param maxRunning envelopes under way at most
/// @param connectionsPerDestination connections to one destination at most
/// @param waitingPerDestination messages that wait for a connection to one destination at most;
///   beyond them it is busy
/// @param recipientsPerTransaction recipients of one message in one transaction at most; beyond
///   them it goes out in several
/// @param connectTimeout how long a connection may take to open
/// @param idleTimeout how long one is kept without work
/// @param unreachablePause how long a host that could not be reached is left alone
/// @param probe how next hops are asked about recipients
/// @param late how messages are scanned that were accepted unscanned
/// @param early how messages are delivered while their clients wait
/// @param delayNotice after how long a sender that asked for it is told of a delay
/// @param tls what becomes of STARTTLS with hosts that are not smart hosts
/// @param smartHosts hosts that are talked to on terms of their own
@ConfigurationProperties(prefix = "gatepost.delivery", ignoreUnknownFields = false)
public record DeliveryProperties(
    @DefaultValue("0") String instance,
    @DefaultValue("") String maildirRoot,
    @DefaultValue("2000") int maxRunning,
    @DefaultValue("20") int connectionsPerDestination,
    @DefaultValue("2000") int waitingPerDestination,
    @DefaultValue("100") int recipientsPerTransaction,
    @DefaultValue("30s") Duration connectTimeout,
    @DefaultValue("10s") Duration idleTimeout,
    @DefaultValue("5s") Duration unreachablePause,
    @DefaultValue ProbeProperties probe,
    @DefaultValue LateProperties late,
    @DefaultValue EarlyProperties early,
    @DefaultValue("4h") Duration delayNotice,
    @DefaultValue("opportunistic") Tls tls,
    @DefaultValue List<SmartHostProperties> smartHosts) {

  /// Use of STARTTLS.
  public enum Tls {
    /// Not used.
    OFF,
    /// Used where the host offers it; its certificate is not looked at.
    OPPORTUNISTIC,
    /// No mail without it, nor without a certificate that is good for the host's name.
    REQUIRED
  }

  public DeliveryProperties {
    if (instance.isBlank()) {
      throw new SettingException("gatepost.delivery.instance", instance, "a name");
    }
    atLeast("max-running", maxRunning, 4);
    atLeast("connections-per-destination", connectionsPerDestination, 1);
    atLeast("waiting-per-destination", waitingPerDestination, 1);
    atLeast("recipients-per-transaction", recipientsPerTransaction, 1);
    positive("connect-timeout", connectTimeout);
    positive("idle-timeout", idleTimeout);
    positive("unreachable-pause", unreachablePause);
    positive("delay-notice", delayNotice);
    if (tls == Tls.REQUIRED) {
      throw new SettingException(
          "gatepost.delivery.tls", "required", "off or opportunistic; required for a smart host");
    }
    smartHosts = List.copyOf(smartHosts);
  }

  /// How hosts are talked to that are no smart hosts.
  SmartHost anyHost() {
    try {
      return tls == Tls.OFF
          ? SmartHost.plain(Optional.empty())
          : SmartHost.opportunistic(Optional.empty());
    } catch (SSLException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }

  /// The smart hosts by the name that routes give them.
  Map<String, SmartHost> namedSmartHosts() {
    Map<String, SmartHost> named = new HashMap<>();
    for (SmartHostProperties smartHost : smartHosts) {
      if (named.put(smartHost.host(), smartHost.terms()) != null) {
        throw new SettingException(
            "gatepost.delivery.smart-hosts.host", smartHost.host(), "each host once");
      }
    }
    return named;
  }

  static void atLeast(String key, int value, int least) {
    if (value < least) {
      throw new SettingException("gatepost.delivery." + key, value, least + " or more");
    }
  }

  static void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new SettingException("gatepost.delivery." + key, value, "a duration above zero");
    }
  }
}
