package io.gatepost.queue.log.maintain;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.queue.Messages;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.queue.log.conclude.ConcludedGenerations;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanSweepIT {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration AGE = Duration.ofHours(1);
  private static final InstantSource TOMORROW =
      InstantSource.offset(InstantSource.system(), Duration.ofDays(1));

  @TempDir Path directory;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private FileContentStore contents;
  private TestLog log;

  @BeforeEach
  void open() {
    log = TestLog.empty(HOUR);
    contents = new FileContentStore(directory);
  }

  @AfterEach
  void close() {
    contents.close();
    log.close();
  }

  @Test
  void whatNoEnvelopeRefersToIsDeleted() throws Exception {
    ContentRef.Stored orphan = content();
    ContentRef.Stored ready = referredFrom(Topics.READY);
    ContentRef.Stored due = referredFrom(Topics.DUE);
    ContentRef.Stored retry = referredFrom(Topics.retry(HOUR));
    log.append(Topics.READY, Messages.inline(orphan.key(), "not in the store", "a@x.test"));

    sweep(TOMORROW).run(log.admin());

    assertThat(left()).containsExactlyInAnyOrder(ready.key(), due.key(), retry.key());
    assertThat(registry.get("gatepost.queue.content.swept").counter().count()).isEqualTo(1);
  }

  @Test
  void theContentOfARecordThatWasSetAsideStays() throws Exception {
    ContentRef.Stored content = content();
    ContentRef.Stored orphan = content();
    log.append(
        new ProducerRecord<>(Topics.UNDECODABLE, 0, content.key().text(), new byte[] {1, 2, 3}));
    log.append(new ProducerRecord<>(Topics.UNDECODABLE, 0, "no queue id", new byte[0]));

    sweep(TOMORROW).run(log.admin());

    assertThat(left()).containsExactly(content.key()).doesNotContain(orphan.key());
  }

  @Test
  void whatIsYoungIsLeftAlone() throws Exception {
    ContentRef.Stored young = content();

    sweep(InstantSource.system()).run(log.admin());

    assertThat(left()).containsExactly(young.key());
  }

  @Test
  void whatAnOpenTransactionRefersToIsKept() throws Exception {
    ContentRef.Stored content = content();
    try (Producer<String, byte[]> producer = log.clients().transactionalProducer("conclusions")) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(
          new ProducerRecord<>(
              Topics.retry(HOUR),
              0,
              content.key().text(),
              EnvelopeRecordCodec.encode(Messages.stored(content.key(), content, "a@x.test"))));
      producer.flush();

      sweep(TOMORROW).run(log.admin());

      producer.abortTransaction();
    }
    assertThat(left()).containsExactly(content.key());
  }

  @Test
  void whatIsReferredToOnlyByWhatHasBeenCutIsDeleted() throws Exception {
    referredFrom(Topics.READY);
    ContentRef.Stored kept = referredFrom(Topics.READY);
    log.commit(Topics.DELIVERY_GROUP, Topics.READY, 1, "");
    new LogTruncation(new ConcludedGenerations()).run(log.admin());

    sweep(TOMORROW).run(log.admin());

    assertThat(left()).containsExactly(kept.key());
  }

  @Test
  void whatIsMovedAndCutWhileTheLogIsReadIsKept() throws Exception {
    ContentRef.Stored moved = referredFrom(Topics.READY);
    OrphanSweep sweep =
        new OrphanSweep(log.clients(), contents, AGE, TOMORROW, new LogMeters(registry)) {
          @Override
          void listed() {
            log.append(Topics.retry(HOUR), Messages.stored(moved.key(), moved, "a@x.test"));
            log.commit(Topics.DELIVERY_GROUP, Topics.READY, 1, "");
            cut();
          }
        };

    sweep.run(log.admin());

    assertThat(left()).containsExactly(moved.key());
  }

  @Test
  void theLogIsNotCutWhileItIsRead() throws Exception {
    ContentRef.Stored moved = referredFrom(Topics.READY);
    ContentRef.Stored orphan = content();
    LogTruncation truncation = new LogTruncation(new ConcludedGenerations());
    MaintenanceTask sweep =
        new OrphanSweep(log.clients(), contents, AGE, TOMORROW, new LogMeters(registry)) {
          @Override
          void listed() {
            log.append(Topics.retry(HOUR), Messages.stored(moved.key(), moved, "a@x.test"));
            log.commit(Topics.DELIVERY_GROUP, Topics.READY, 1, "");
            // By another thread, as in life; it is turned away, and does not wait.
            CompletableFuture.runAsync(() -> cut(truncation)).orTimeout(20, SECONDS).join();
          }
        };

    truncation.keptOff(sweep).run(log.admin());

    assertThat(left()).containsExactly(moved.key());
    assertThat(left()).doesNotContain(orphan.key());
    assertThat(log.start(Topics.READY)).isZero();
    cut(truncation);
    assertThat(log.start(Topics.READY)).isEqualTo(1);
  }

  @Test
  void whatIsWrittenAgainMeanwhileIsKept() throws Exception {
    byte[] octets = "content".getBytes(StandardCharsets.US_ASCII);
    ContentRef.Stored old = contents.write(Messages.id(), octets);
    InstantSource soon = InstantSource.offset(InstantSource.system(), AGE);
    OrphanSweep sweep =
        new OrphanSweep(log.clients(), contents, AGE, soon, new LogMeters(registry)) {
          @Override
          void listed() {
            contents.write(old.key(), octets);
          }
        };

    sweep.run(log.admin());

    assertThat(left()).containsExactly(old.key());
  }

  private void cut() {
    cut(new LogTruncation(new ConcludedGenerations()));
  }

  private void cut(LogTruncation truncation) {
    try {
      truncation.run(log.admin());
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whereARecordCannotBeReadNothingIsDeleted() throws Exception {
    content();
    content();
    log.append(
        new ProducerRecord<>(
            Topics.DUE, 0, "strange", "no frame".getBytes(StandardCharsets.US_ASCII)));

    sweep(TOMORROW).run(log.admin());

    assertThat(left()).hasSize(2);
  }

  private ContentRef.Stored content() {
    return contents.write(Messages.id(), "content".getBytes(StandardCharsets.US_ASCII));
  }

  private ContentRef.Stored referredFrom(String topic) {
    ContentRef.Stored content = content();
    log.append(topic, Messages.stored(content.key(), content, "a@x.test"));
    return content;
  }

  private Set<QueueId> left() {
    return contents.olderThan(Instant.now().plus(HOUR));
  }

  private OrphanSweep sweep(InstantSource clock) {
    return new OrphanSweep(log.clients(), contents, AGE, clock, new LogMeters(registry));
  }
}
