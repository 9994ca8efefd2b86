package io.gatepost.deploy;

import static io.gatepost.deploy.Release.at;
import static io.gatepost.deploy.Release.map;
import static io.gatepost.deploy.Release.strings;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.convert.DurationStyle;
import org.yaml.snakeyaml.Yaml;

/// A pod that is stopped ends what it has begun before it is killed: the time before SIGTERM, what
/// the settings give from then on, and the grace period fit each other.
class ShutdownTest {

  /// Time of smtp-edge beyond its drain, for replies that are under way.
  private static final Duration REPLIES = Duration.ofSeconds(10);

  /// Time of delivery-service for its attempts, and after them for its outcomes.
  private static final Duration ATTEMPTS = Duration.ofSeconds(15);

  /// A context's own end, and a signal on its way.
  private static final Duration REST = Duration.ofSeconds(5);

  private static final Duration UNTIL_FORGOTTEN = Duration.ofSeconds(15);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "shutdown: {drainSeconds: 300}",
        "shutdown: {preStopSeconds: 60, callsSeconds: 5}",
        "shutdown: {preStopSeconds: 0, drainSeconds: 0, callsSeconds: 120}"
      })
  void theGracePeriodIsLongerThanTheEndTakes(String values) {
    Release release = Chart.render(Chart.TRIAL, values);

    for (String service : Release.SERVICES) {
      Map<String, Object> settings = new Yaml().load(release.settings(service));
      Duration calls =
          duration(at(settings, "spring.lifecycle").toString().replaceAll(".*=|}", ""));
      Duration own =
          switch (service) {
            case "smtp-edge" -> duration(at(settings, "gatepost.edge.drain")).plus(REPLIES);
            case "delivery-service" -> calls.plus(ATTEMPTS);
            default -> calls;
          };

      assertThat(at(settings, "server.shutdown")).isEqualTo("graceful");
      assertThat(grace(release, service))
          .as(service)
          .isGreaterThanOrEqualTo(preStop(release, service).plus(own).plus(REST));
    }
  }

  /// Callers look a name up again while the pod still answers: the DNS keeps it for 5 s, and they
  /// look every 5 s (`gatepost.rpc.lookup-interval`).
  @Test
  void podsThatHaveOthersBesideThemGoOnUntilTheyAreForgotten() {
    Release release = Chart.render(Chart.PRODUCTION);

    for (String service : Release.SERVICES) {
      boolean single = List.of("queue-service", "delivery-service").contains(service);
      assertThat(preStop(release, service))
          .as(service)
          .isEqualTo(single ? Duration.ZERO : UNTIL_FORGOTTEN);
    }
  }

  /// A new pod is ready before an old one goes.
  @Test
  void anUpdateTakesNoPodAwayFirst() {
    assertThat(Chart.render(Chart.PRODUCTION).all("Deployment"))
        .isNotEmpty()
        .allSatisfy(deployment ->
            assertThat(at(deployment, "spec.strategy.rollingUpdate"))
                .isEqualTo(Map.of("maxUnavailable", 0, "maxSurge", 1)));
  }

  private static Duration grace(Release release, String service) {
    return Duration.ofSeconds(
        (Integer)
            Objects.requireNonNull(release.pod(service).get("terminationGracePeriodSeconds")));
  }

  private static Duration preStop(Release release, String service) {
    Map<String, Object> container = release.container(service);
    if (!container.containsKey("lifecycle")) {
      return Duration.ZERO;
    }
    List<String> command = strings(at(map(container.get("lifecycle")), "preStop.exec.command"));
    assertThat(command).hasSize(2).startsWith("sleep");
    return Duration.ofSeconds(Long.parseLong(command.get(1)));
  }

  private static Duration duration(Object text) {
    return DurationStyle.detectAndParse(String.valueOf(text));
  }
}
