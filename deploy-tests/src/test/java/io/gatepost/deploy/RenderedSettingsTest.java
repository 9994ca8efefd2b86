package io.gatepost.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.allinone.AllInOneApplication;
import io.gatepost.allinone.start.Settings;
import io.gatepost.edge.EdgeProperties;
import io.gatepost.rpc.RpcProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.FileSystemResource;

/// The settings files that the chart renders are read by the product's own reader, which refuses
/// keys and values that no service takes.
class RenderedSettingsTest {

  @TempDir private Path directory;

  static Stream<Release> releases() {
    return Stream.of(Chart.render(Chart.TRIAL), Chart.render(Chart.PRODUCTION));
  }

  @ParameterizedTest
  @MethodSource("releases")
  void theProductTakesThem(Release release) {
    for (String service : Release.SERVICES) {
      read(release, service);
    }
  }

  /// Secret settings are files, each with its key as the name, and one variable.
  @ParameterizedTest
  @MethodSource("releases")
  void theSecretSettingsAreSettings(Release release) {
    for (String service : Release.SERVICES) {
      for (String key : secretKeys(release, service)) {
        if (key.startsWith("gatepost.")) {
          read(release, service, key + "=0123456789abcdef0123456789abcdef");
        } else {
          assertThat(SettingKeys.isKnown(key)).as(key).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("releases")
  void theOthersAreSpringBootsOwn(Release release) throws IOException {
    for (String service : Release.SERVICES) {
      for (PropertySource<?> source :
          new YamlPropertySourceLoader()
              .load(service, new FileSystemResource(file(release, service)))) {
        assertThat(((EnumerablePropertySource<?>) source).getPropertyNames())
            .filteredOn(key -> !key.startsWith("gatepost."))
            .isNotEmpty()
            .allSatisfy(key -> assertThat(SettingKeys.isKnown(key)).as(key).isTrue());
      }
    }
  }

  /// A misspelt key is found by the same means.
  @Test
  void aKeyThatNobodyReadsIsNotSpringBoots() {
    assertThat(SettingKeys.isKnown("spring.lifecycle.timeout-per-shutdown-phase")).isTrue();
    assertThat(SettingKeys.isKnown("spring.kafka.properties.sasl.mechanism")).isTrue();
    assertThat(SettingKeys.isKnown("spring.lifecycle.timeout-per-shutdown")).isFalse();
  }

  @ParameterizedTest
  @MethodSource("releases")
  void callsGoToTheNamesOfTheServicesAtTheirPorts(Release release) {
    RpcProperties rpc = read(release, "smtp-edge").of(RpcProperties.class);

    assertThat(
            List.of(rpc.routing(), rpc.verification(), rpc.scanner(), rpc.queue(), rpc.delivery()))
        .allSatisfy(uri ->
            assertThat(
                    Release.maps(Release.at(release.one("Service", uri.getHost()), "spec.ports")))
                .anySatisfy(port -> assertThat(port).containsEntry("port", uri.getPort())))
        .extracting(uri -> uri.getHost())
        .containsExactly(
            "routing-service",
            "verification-service",
            "scanner-gateway",
            "queue-service",
            "delivery-service");
  }

  /// scanner-gateway has strangers' octets in its hands: it is not even told where the log is.
  @ParameterizedTest
  @MethodSource("releases")
  void onlyWhoUsesTheBrokerOrTheDatabaseIsToldWhereTheyAre(Release release) {
    assertThat(Release.SERVICES)
        .filteredOn(service -> release.settings(service).contains("bootstrap-servers"))
        .containsExactlyInAnyOrder("queue-service", "delivery-service");
    assertThat(Release.SERVICES)
        .filteredOn(service -> release.settings(service).contains("jdbc:"))
        .containsExactlyInAnyOrder("queue-service", "routing-service", "verification-service");
    assertThat(Release.SERVICES)
        .filteredOn(service ->
            secretKeys(release, service).stream().anyMatch(key -> key.startsWith("spring.")))
        .doesNotContain("scanner-gateway", "smtp-edge");
  }

  @Test
  void theValuesGoBeforeWhatTheChartChooses() {
    Release release =
        Chart.render(
            Chart.TRIAL,
            """
            settings:
              gatepost:
                scanner: {scanners: [{name: mine, type: clamd, address: "192.0.2.3:3310"}]}
                edge: {max-hops: 120}
            shutdown: {drainSeconds: 25}
            """);

    assertThat(release.settings("scanner-gateway")).contains("192.0.2.3").doesNotContain("rspamd:");
    EdgeProperties edge = read(release, "smtp-edge").of(EdgeProperties.class);
    assertThat(edge.maxHops()).isEqualTo(120);
    assertThat(edge.drain()).isEqualTo(Duration.ofSeconds(25));
  }

  private Settings read(Release release, String service, String... overrides) {
    return Settings.read(
        AllInOneApplication.class,
        Optional.of(file(release, service)),
        Optional.of(directory),
        List.of(overrides));
  }

  private Path file(Release release, String service) {
    try {
      return Files.writeString(directory.resolve(service + ".yaml"), release.settings(service));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> secretKeys(Release release, String service) {
    List<String> keys = new ArrayList<>(release.secrets(service).keySet());
    Release.maps(release.container(service).get("env")).stream()
        .filter(variable -> variable.containsKey("valueFrom"))
        .map(variable -> String.valueOf(variable.get("name")))
        .forEach(name -> keys.add(name.toLowerCase(Locale.ROOT).replace('_', '.')));
    return keys;
  }
}
