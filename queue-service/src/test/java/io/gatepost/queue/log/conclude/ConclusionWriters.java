package io.gatepost.queue.log.conclude;

import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.queue.log.retry.DestinationHolds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Writers over one log, and what they are made of.
final class ConclusionWriters implements AutoCloseable {

  static final Duration HOUR = Duration.ofHours(1);
  static final Duration BUSY_STEP = Duration.ofMinutes(20);
  private static final Duration SECOND_STEP = Duration.ofHours(2);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final DestinationHolds holds = new DestinationHolds(HOUR, () -> 0);
  private final List<ConclusionWriter> writers = new ArrayList<>();
  private final FileContentStore contents;
  private final TestLog log;

  private ConclusionWriters(TestLog log, FileContentStore contents) {
    this.log = log;
    this.contents = contents;
  }

  /// Writers over an empty log.
  ///
  /// @param directory of stored content
  static ConclusionWriters over(Path directory) {
    return new ConclusionWriters(
        TestLog.empty(BUSY_STEP, HOUR, SECOND_STEP), new FileContentStore(directory));
  }

  TestLog log() {
    return log;
  }

  SimpleMeterRegistry registry() {
    return registry;
  }

  DestinationHolds holds() {
    return holds;
  }

  ConclusionWriter start(LogClients clients) {
    ConclusionWriter writer = writer(clients);
    writer.start();
    return writer;
  }

  /// One that has not been started: what is written waits.
  ConclusionWriter writer(LogClients clients) {
    RetryLadder ladder = new RetryLadder(List.of(HOUR, SECOND_STEP), BUSY_STEP);
    ConclusionWriter writer =
        new ConclusionWriter(
            clients,
            new ConclusionRecords(ladder, contents),
            new ConcludedGenerations(),
            holds,
            new LogMeters(registry));
    writers.add(writer);
    return writer;
  }

  @Override
  public void close() {
    writers.forEach(ConclusionWriter::close);
    contents.close();
    log.close();
  }
}
