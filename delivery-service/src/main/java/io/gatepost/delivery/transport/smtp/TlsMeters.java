package io.gatepost.delivery.transport.smtp;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import javax.net.ssl.SSLSession;

/// Counts TLS handshakes with next hops, and connections on which TLS failed in it or right after
/// it.
final class TlsMeters {

  private static final String NAME = "gatepost.delivery.tls";

  private final MeterRegistry registry;
  private final Counter failed;

  TlsMeters(MeterRegistry registry) {
    this.registry = registry;
    this.failed = registry.counter(NAME, "protocol", "none", "cipher", "none");
  }

  /// Protocols and ciphers are few: the registry keeps one counter for each pair.
  void agreed(SSLSession session) {
    registry
        .counter(NAME, "protocol", session.getProtocol(), "cipher", session.getCipherSuite())
        .increment();
  }

  void failed() {
    failed.increment();
  }
}
