package io.gatepost.delivery;

import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of delivery.
///
/// @param maildirRoot holds `<domain>/<user>`; by default `maildir` in the data directory
/// @param maxRunning envelopes under way at most
/// @param connectionsPerDestination connections to one destination at most
/// @param waitingPerDestination messages that wait for a connection to one destination at most;
///   beyond them it is busy
/// @param connectTimeout how long a connection may take to open
/// @param idleTimeout how long one is kept without work
/// @param unreachablePause how long a host that could not be reached is left alone
@ConfigurationProperties(prefix = "gatepost.delivery", ignoreUnknownFields = false)
public record DeliveryProperties(
    @DefaultValue("") String maildirRoot,
    @DefaultValue("2000") int maxRunning,
    @DefaultValue("20") int connectionsPerDestination,
    @DefaultValue("2000") int waitingPerDestination,
    @DefaultValue("30s") Duration connectTimeout,
    @DefaultValue("10s") Duration idleTimeout,
    @DefaultValue("5s") Duration unreachablePause) {

  public DeliveryProperties {
    atLeast("max-running", maxRunning, 4);
    atLeast("connections-per-destination", connectionsPerDestination, 1);
    atLeast("waiting-per-destination", waitingPerDestination, 1);
    positive("connect-timeout", connectTimeout);
    positive("idle-timeout", idleTimeout);
    positive("unreachable-pause", unreachablePause);
  }

  private static void atLeast(String key, int value, int least) {
    if (value < least) {
      throw new SettingException("gatepost.delivery." + key, value, least + " or more");
    }
  }

  private static void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new SettingException("gatepost.delivery." + key, value, "a duration above zero");
    }
  }
}
