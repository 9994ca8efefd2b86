package io.gatepost.rpc.process;

import io.gatepost.contract.setting.SettingException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of a process's HTTP side.
///
/// @param port where health and metrics are answered, on the loopback address; 0 is any free one
/// @param idleTimeout how long a connection may wait for a request, 1m to 1h; then it is closed
/// @param maxConnections at a time, of one other host half of them; beyond it they are closed; 0
///   for a quarter of the files that the process may have open, 64 to 8192
@ConfigurationProperties(prefix = "gatepost.http", ignoreUnknownFields = false)
public record HttpProperties(
    @DefaultValue("8080") int port,
    @DefaultValue("2m") Duration idleTimeout,
    @DefaultValue("0") int maxConnections) {

  /// Above the time for which callers keep a connection without a call, so that none is closed in
  /// the moment that it is used again.
  private static final Duration LEAST_IDLE = Duration.ofMinutes(1);

  private static final Duration MOST_IDLE = Duration.ofHours(1);
  private static final int LEAST = 64;
  private static final int MOST = 8_192;
  private static final int PART_OF_FILES = 4;

  /// Where the system does not say.
  private static final long USUAL_FILES = 1024;

  public HttpProperties {
    if (port < 0 || port > 65_535) {
      throw new SettingException("gatepost.http.port", port, "0 to 65535");
    }
    if (idleTimeout.compareTo(LEAST_IDLE) < 0 || idleTimeout.compareTo(MOST_IDLE) > 0) {
      throw new SettingException("gatepost.http.idle-timeout", idleTimeout, "1m to 1h");
    }
    if (maxConnections < 0) {
      throw new SettingException("gatepost.http.max-connections", maxConnections, "0 or more");
    }
  }

  /// The bound that holds.
  int connections() {
    return maxConnections == 0
        ? (int) Math.clamp(files() / PART_OF_FILES, LEAST, MOST)
        : maxConnections;
  }

  private static long files() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : USUAL_FILES;
  }
}
