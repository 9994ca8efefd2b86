package io.gatepost.system.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.collector.CollectedSpan;
import io.gatepost.testkit.collector.FakeCollector;
import io.gatepost.testkit.product.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Traces of a whole suite, as a collector gets them.
class TracesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String QUEUE_ID = "gatepost.qid";
  private static final Pattern QUEUED = Pattern.compile("250 2.0.0 queued as (\\S+)");

  /// One suite for both, as its start takes most of the time.
  @Test
  void oneMessageIsOneTraceThroughAllServicesAndMailGoesOnWithoutTheCollector() {
    try (FakeCollector collector = FakeCollector.start();
        Estate estate = Estate.start("traces", Mode.SPLIT, settings(collector))) {
      String id = accepted(estate);
      await() // the processes send their spans one by one
          .atMost(PATIENCE)
          .untilAsserted(() -> isThroughAllServices(traceOf(collector.spans(), id), id));
      isInTheLog(estate, traceOf(collector.spans(), id).getFirst().trace(), id);

      collector.fallSilent();
      int arrived = estate.nextHop().count();
      for (int i = 1; i <= 20; i++) {
        accepted(estate);
      }
      await().atMost(PATIENCE).until(() -> estate.nextHop().count() >= arrived + 20);
      await().atMost(PATIENCE).until(() -> estate.gatepost().logs("Failed to export spans"));
      assertThat(accepted(estate)).isNotEmpty();
    }
  }

  private static void isThroughAllServices(List<CollectedSpan> trace, String id) {
    assertThat(trace)
        .extracting(CollectedSpan::service)
        .contains(
            "smtp-edge",
            "verification-service",
            "routing-service",
            "scanner-gateway",
            "queue-service",
            "delivery-service");
    assertThat(trace.stream().filter(span -> span.parent().isEmpty()))
        .as("the first span")
        .singleElement()
        .satisfies(first -> {
          assertThat(first.name()).isEqualTo("smtp transaction");
          assertThat(first.attributes()).containsEntry(QUEUE_ID, id);
        });
    assertThat(trace).allSatisfy(span -> assertThat(isWhole(span, trace)).isTrue());
    assertThat(asked(trace, "smtp-edge"))
        .contains("verification-service", "scanner-gateway", "queue-service");
    assertThat(asked(trace, "verification-service")).contains("routing-service");
    assertThat(trace).extracting(CollectedSpan::name).contains("delivery attempt");
    assertThat(asked(trace, "delivery-service")).contains("routing-service");
  }

  private static void isInTheLog(Estate estate, String trace, String id) {
    String line = "trace=" + trace + " qid=" + id;
    await().atMost(PATIENCE).until(() -> estate.gatepost().logs(line + " accepted"));
    await().atMost(PATIENCE).until(() -> estate.gatepost().logs(line + " generation=0 delivered"));
  }

  private static Map<String, String> settings(FakeCollector collector) {
    return Map.of(
        "management.opentelemetry.tracing.export.otlp.endpoint",
        collector.endpoint(),
        "management.opentelemetry.tracing.export.schedule-delay",
        "200ms",
        "management.opentelemetry.tracing.export.otlp.timeout",
        "10s",
        "management.tracing.sampling.probability",
        "1.0");
  }

  /// Sends a message by way of the log; its queue id.
  private static String accepted(Estate estate) {
    String reply = estate.deliverByLog("ann@sink.test", Estate.message(Estate.newMessageId()));
    Matcher queued = QUEUED.matcher(reply);
    assertThat(queued.matches()).as(reply).isTrue();
    return queued.group(1);
  }

  /// The spans of a message's trace that have come so far.
  private static List<CollectedSpan> traceOf(List<CollectedSpan> all, String id) {
    Optional<String> trace =
        all.stream()
            .filter(span -> id.equals(span.attributes().get(QUEUE_ID)))
            .map(CollectedSpan::trace)
            .findAny();
    return all.stream().filter(span -> trace.equals(Optional.of(span.trace()))).toList();
  }

  /// Whether the span that this one is part of is there.
  private static boolean isWhole(CollectedSpan span, List<CollectedSpan> trace) {
    return span.parent().isEmpty()
        || trace.stream().anyMatch(other -> other.id().equals(span.parent()));
  }

  /// The services with a span that is part of one of this service.
  private static List<String> asked(List<CollectedSpan> trace, String service) {
    return trace.stream()
        .filter(span ->
            !span.service().equals(service)
                && trace.stream()
                    .anyMatch(other ->
                        other.id().equals(span.parent()) && other.service().equals(service)))
        .map(CollectedSpan::service)
        .distinct()
        .toList();
  }
}
