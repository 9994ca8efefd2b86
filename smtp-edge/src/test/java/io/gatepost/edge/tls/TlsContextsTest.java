package io.gatepost.edge.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class TlsContextsTest {

  private static final String EXPIRY = "gatepost.edge.tls.certificate.expiry";

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private Instant now = Instant.parse("2030-01-01T00:00:00Z");

  @TempDir private Path data;

  @Test
  void eachBundleTellsHowLongItIsGoodFor() {
    TestCertificate mx = TestCertificate.of("mx.example");
    TestCertificate other = TestCertificate.of("other.example");
    DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("mx", mx.bundle());
    bundles.registerBundle("other", other.bundle());
    now = mx.certificate().getNotAfter().toInstant().minusSeconds(100);

    new TlsContexts(bundles, "mx", Map.of("other.example", "other"), RelayCertificates.NONE)
        .measure(meters, () -> now);

    assertThat(left("mx")).isEqualTo(100);
    assertThat(left("other"))
        .isEqualTo(
            Duration.between(now, other.certificate().getNotAfter().toInstant()).toSeconds());
    now = now.plusSeconds(250);
    assertThat(left("mx")).isEqualTo(-150);
  }

  @Test
  void itIsTheOneInUse() {
    try (OwnCertificate own = new OwnCertificate(data, "mx.example", () -> now)) {
      TlsContexts.of(own).measure(meters, () -> now);
      assertThat(left(OwnCertificate.BUNDLE)).isEqualTo(Duration.ofDays(365).toSeconds());

      now = now.plus(Duration.ofDays(336));
      assertThat(left(OwnCertificate.BUNDLE)).isEqualTo(Duration.ofDays(29).toSeconds());
      own.renew();
      assertThat(left(OwnCertificate.BUNDLE)).isEqualTo(Duration.ofDays(365).toSeconds());
    }
  }

  private double left(String bundle) {
    return meters.get(EXPIRY).tag("bundle", bundle).gauge().value();
  }
}
