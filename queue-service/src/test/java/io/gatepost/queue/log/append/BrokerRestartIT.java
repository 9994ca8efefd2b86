package io.gatepost.queue.log.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.embedded.EmbeddedBroker;
import io.gatepost.embedded.FreePort;
import io.gatepost.queue.Messages;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.log.conclude.ConcludedGenerations;
import io.gatepost.queue.log.conclude.ConclusionRecords;
import io.gatepost.queue.log.conclude.ConclusionWriter;
import io.gatepost.queue.log.retry.DestinationHolds;
import io.gatepost.queue.log.retry.LogReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The broker goes away under the writers and comes back on the same port and directory.
class BrokerRestartIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration BUSY_STEP = Duration.ofMinutes(20);
  private static final RetryLadder LADDER = new RetryLadder(List.of(HOUR), BUSY_STEP);

  @TempDir Path brokerDirectory;
  @TempDir Path contentDirectory;
  private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.now());
  private final LogMeters meters = new LogMeters(new SimpleMeterRegistry());
  private final DestinationHolds holds = new DestinationHolds(HOUR, () -> 0);

  @Test
  void theReaderAndTheWriterGoOnWhereTheyWereAndWriteNothingTwice() {
    int port = FreePort.find();
    List<String> due = new ArrayList<>();
    EmbeddedBroker first = EmbeddedBroker.start(brokerDirectory, port);
    TestLog log = TestLog.on(first, BUSY_STEP, HOUR);
    FileContentStore contents = new FileContentStore(contentDirectory);
    LogReader reader =
        new LogReader(
            log.clients(), clock::get, LADDER, Duration.ofDays(5), holds, 100_000, meters);
    ConclusionWriter writer =
        new ConclusionWriter(
            log.clients(),
            new ConclusionRecords(LADDER, contents),
            new ConcludedGenerations(),
            holds,
            meters);
    EmbeddedBroker second;
    try {
      reader.start();
      writer.start();
      due.add(appendDue(log));
      clock.set(Instant.now().plus(HOUR).plusSeconds(60));
      await().atMost(PATIENCE).until(() -> log.keys(Topics.DUE).equals(due));
      clock.set(Instant.now().minus(HOUR));
      for (int i = 0; i < 20; i++) {
        due.add(appendDue(log));
      }
      writer.write(deferral()).join();

      first.close();
      clock.set(Instant.now().plus(HOUR).plusSeconds(120)); // due, with nobody to write it to
      Conclusion written = deferral();
      CompletableFuture<Void> whileAway = writer.write(written);
      await().atMost(PATIENCE).until(whileAway::isDone);
      assertThat(whileAway).isCompletedExceptionally();

      second = EmbeddedBroker.start(brokerDirectory, port);
      try {
        await()
            .atMost(PATIENCE)
            .until(() -> !writer.write(written).handle((done, error) -> error != null).join());
        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(log.committed(Topics.READERS_GROUP, Topics.retry(HOUR)))
                    .isGreaterThanOrEqualTo(due.size()));
        assertThat(log.keys(Topics.DUE)).containsSubsequence(due).doesNotHaveDuplicates();
        assertThat(log.keys(Topics.OUTCOMES)).hasSize(2).last().isEqualTo(written.id().text());
      } finally {
        reader.close();
        writer.close();
        log.close();
        second.close();
      }
    } finally {
      contents.close();
    }
  }

  private static String appendDue(TestLog log) {
    EnvelopeRecord message = Messages.inline(Messages.id(), "x", "a@x.test");
    log.append(Topics.retry(HOUR), message);
    return message.envelope().id().text();
  }

  private static Conclusion deferral() {
    return Messages.deferral(
        Messages.inline(Messages.id(), "x", "a@x.test"),
        Conclusion.Wait.BUSY,
        java.util.Optional.empty());
  }
}
