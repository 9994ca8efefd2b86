package io.gatepost.rpc.process;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.OwnHostName;
import io.gatepost.contract.setting.SettingException;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/// Settings that several services read: each has one name, one default and one range in all of
/// them.
///
/// @param hostnameSetting `gatepost.edge.hostname`; blank: the machine's name
/// @param data `gatepost.data-dir`
/// @param partitions `gatepost.queue.partitions`, of each envelope topic, 1 to 1,024
/// @param lifetime `gatepost.queue.lifetime`, how long a message is tried
/// @param credentials `gatepost.verification.credentials`, the file of users; blank: there are none
/// @param quarantine `gatepost.queue.quarantine.enabled`, whether messages may be put aside
public record SuiteSettings(
    String hostnameSetting,
    Path data,
    int partitions,
    Duration lifetime,
    String credentials,
    boolean quarantine) {

  /// The setting that switches the quarantine on.
  public static final String QUARANTINE_ENABLED = "gatepost.queue.quarantine.enabled";

  /// Default of `gatepost.queue.partitions`.
  public static final String DEFAULT_PARTITIONS = "1";

  /// Default of `gatepost.queue.lifetime`.
  public static final String DEFAULT_LIFETIME = "P5D";

  private static final int MOST_PARTITIONS = 1_024;

  /// Throws [SettingException] for a value out of range.
  public SuiteSettings {
    checkPartitions(partitions);
    checkLifetime(lifetime);
  }

  /// Reads them.
  public static SuiteSettings of(Environment environment) {
    Binder binder = Binder.get(environment);
    return new SuiteSettings(
        environment.getProperty("gatepost.edge.hostname", ""),
        Path.of(environment.getProperty("gatepost.data-dir", "./data")),
        binder
            .bind("gatepost.queue.partitions", Integer.class)
            .orElseGet(() -> Integer.valueOf(DEFAULT_PARTITIONS)),
        binder
            .bind("gatepost.queue.lifetime", Duration.class)
            .orElseGet(() -> Duration.parse(DEFAULT_LIFETIME)),
        environment.getProperty("gatepost.verification.credentials", ""),
        binder.bind(QUARANTINE_ENABLED, Boolean.class).orElse(false));
  }

  /// Returns what this host calls itself. The first call may ask the system's resolver.
  public DomainName hostname() {
    return OwnHostName.of(hostnameSetting);
  }

  /// Throws [SettingException] where it is out of range.
  public static void checkPartitions(int partitions) {
    if (partitions < 1 || partitions > MOST_PARTITIONS) {
      throw new SettingException("gatepost.queue.partitions", partitions, "1 to 1024");
    }
  }

  /// Throws [SettingException] where it is not above zero.
  public static void checkLifetime(Duration lifetime) {
    if (lifetime.isNegative() || lifetime.isZero()) {
      throw new SettingException("gatepost.queue.lifetime", lifetime, "a duration above zero");
    }
  }

  /// Import it to have them as a bean.
  @Configuration(proxyBeanMethods = false)
  public static class Bound {

    @Bean
    SuiteSettings suiteSettings(Environment environment) {
      return SuiteSettings.of(environment);
    }
  }
}
