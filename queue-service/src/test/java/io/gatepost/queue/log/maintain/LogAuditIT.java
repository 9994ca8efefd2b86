package io.gatepost.queue.log.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.QueueStats.TopicStats;
import io.gatepost.queue.Messages;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.TestLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogAuditIT {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration LIFETIME = Duration.ofDays(5);
  private static final String RETRY = Topics.retry(HOUR);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private TestLog log;

  @BeforeEach
  void open() {
    log = TestLog.empty(HOUR);
  }

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void anEmptyLogHasAnEntryForEachTopic() throws Exception {
    assertThat(audit(Duration.ZERO).stats().topics())
        .extracting(TopicStats::topic)
        .containsExactly(Topics.DUE, Topics.READY, RETRY);
    assertThat(stats(audit(Duration.ZERO), Topics.READY))
        .isEqualTo(new TopicStats(Topics.READY, 0, 0, 0, Duration.ZERO, Duration.ZERO));
  }

  @Test
  void whatLivesAndWhatIsGarbageIsCounted() throws Exception {
    fill(Topics.READY, 10);
    log.commit(Topics.DELIVERY_GROUP, Topics.READY, 4, "");

    TopicStats ready = stats(audit(Duration.ofMinutes(10)), Topics.READY);

    assertThat(ready.live()).isEqualTo(6);
    assertThat(ready.garbage()).isEqualTo(4);
    assertThat(ready.garbageDensity()).isEqualTo(0.4);
    assertThat(ready.headAge()).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(12));
    assertThat(ready.lag()).isEqualTo(ready.headAge());
    assertThat(gauge("gatepost.queue.log.live")).isEqualTo(6);
    assertThat(gauge("gatepost.queue.log.garbage.density")).isEqualTo(0.4);
  }

  /// A transaction that hangs hides the head: that is no empty topic.
  @Test
  void whatStandsBehindAnOpenTransactionIsCounted() throws Exception {
    try (Producer<String, byte[]> producer = log.clients().transactionalProducer("test")) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(Topics.DUE, 0, "hidden", new byte[] {1})).get();
      fill(Topics.DUE, 2);

      assertThat(stats(audit(Duration.ZERO), Topics.DUE).live()).isEqualTo(3);
      producer.abortTransaction();
    }
  }

  @Test
  void whatWaitsForItsStepIsNotBehind() throws Exception {
    fill(RETRY, 1);

    assertThat(stats(audit(Duration.ofMinutes(10)), RETRY).lag()).isZero();
    assertThat(stats(audit(Duration.ofMinutes(70)), RETRY).lag())
        .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(12));
  }

  @Test
  void aClockThatIsSetBackMakesNoAgeNegative() throws Exception {
    fill(Topics.READY, 1);

    TopicStats ready = stats(audit(Duration.ofDays(-1)), Topics.READY);

    assertThat(ready.headAge()).isZero();
    assertThat(ready.lag()).isZero();
  }

  @Test
  void aLogThatWasCutPastItsCommitIsFound() throws Exception {
    fill(Topics.READY, 10);
    log.commit(Topics.DELIVERY_GROUP, Topics.READY, 4, "");
    log.admin()
        .deleteRecords(Map.of(new TopicPartition(Topics.READY, 0), RecordsToDelete.beforeOffset(5)))
        .all()
        .get();

    audit(Duration.ZERO);

    assertThat(broken("truncation")).isEqualTo(1);
  }

  @Test
  void anOldEnvelopeThatWasNeverAttemptedIsFound() throws Exception {
    Instant longAgo = Instant.now().minus(LIFETIME).minus(Duration.ofHours(3));
    log.append(
        Topics.DUE, Messages.inline(Messages.idOf(longAgo), longAgo, new byte[1], "a@x.test"));

    audit(Duration.ZERO);

    assertThat(broken("lifetime")).isEqualTo(1);
  }

  @Test
  void anOldEnvelopeThatWasAttemptedIsNoViolation() throws Exception {
    Instant longAgo = Instant.now().minus(LIFETIME).minus(Duration.ofHours(3));
    var message = Messages.inline(Messages.idOf(longAgo), longAgo, new byte[1], "a@x.test");
    log.append(RETRY, Messages.deferral(message).retry().orElseThrow().replacement());

    audit(Duration.ZERO);

    assertThat(broken("lifetime")).isZero();
  }

  @Test
  void aHeadThatCannotBeReadDoesNotEndTheAudit() throws Exception {
    log.append(new ProducerRecord<>(Topics.DUE, 0, "strange", new byte[] {1}));

    assertThat(stats(audit(Duration.ZERO), Topics.DUE).live()).isEqualTo(1);
  }

  private double gauge(String name) {
    return registry.get(name).tag("topic", Topics.READY).gauge().value();
  }

  private void fill(String topic, int records) {
    for (int i = 0; i < records; i++) {
      log.append(topic, Messages.inline(Messages.id(), "x", "a@x.test"));
    }
  }

  private double broken(String check) {
    return registry.get("gatepost.queue.invariant.broken").tag("check", check).counter().count();
  }

  private LogAudit audit(Duration later) throws Exception {
    LogAudit audit =
        new LogAudit(
            log.clients(),
            LIFETIME,
            HOUR,
            InstantSource.offset(InstantSource.system(), later),
            new LogMeters(registry),
            registry);
    audit.run(log.admin());
    return audit;
  }

  private static TopicStats stats(LogAudit audit, String topic) {
    return audit.stats().topics().stream()
        .filter(each -> each.topic().equals(topic))
        .findAny()
        .orElseThrow();
  }
}
