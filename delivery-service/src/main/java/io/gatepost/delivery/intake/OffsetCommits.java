package io.gatepost.delivery.intake;

import io.gatepost.contract.event.CommitNote;
import io.gatepost.contract.queue.Completion;
import io.gatepost.contract.queue.Queue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Commits of the offsets before which everything has ended, with a note of what a later owner
/// reads again. Content of a generation goes when its offset is committed. Used by the intake's
/// thread only.
final class OffsetCommits {

  private static final Logger log = LoggerFactory.getLogger(OffsetCommits.class);

  private final Map<TopicPartition, CompletionWindow> windows;
  private final Dispatcher dispatcher;
  private final Replay replay;
  private final Queue queue;
  private int failures;

  /// @param windows of the partitions that are read now, as they change
  OffsetCommits(
      Map<TopicPartition, CompletionWindow> windows,
      Dispatcher dispatcher,
      Replay replay,
      Queue queue) {
    this.windows = windows;
    this.dispatcher = dispatcher;
    this.replay = replay;
    this.queue = queue;
  }

  /// Sends them off. One that fails is repeated with the next.
  void send(Consumer<String, byte[]> consumer) {
    Advance advance = advance();
    if (!advance.offsets().isEmpty()) {
      consumer.commitAsync(
          advance.offsets(),
          (committed, error) -> {
            if (error == null) {
              succeeded();
              release(advance.completions());
            } else {
              failed(error);
            }
          });
    }
  }

  /// Commits them before it returns; throws a [org.apache.kafka.common.KafkaException] where that
  /// fails.
  void sync(Consumer<String, byte[]> consumer) {
    Advance advance = advance();
    if (!advance.offsets().isEmpty()) {
      consumer.commitSync(advance.offsets());
      release(advance.completions());
    }
  }

  private void succeeded() {
    if (failures > 0) {
      log.info("offsets are committed again, after {} failures", failures);
      failures = 0;
    }
  }

  /// The broker may be away for long: the first failure is told.
  private void failed(Exception error) {
    if (failures++ == 0) {
      log.warn("offsets not committed, tried again from now on: {}", error.toString());
    } else {
      log.debug("offsets not committed", error);
    }
    windows.values().forEach(CompletionWindow::commitAgain); // content is left to the sweep
  }

  private record Advance(
      Map<TopicPartition, OffsetAndMetadata> offsets, List<Completion> completions) {}

  private Advance advance() {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    List<Completion> completions = new ArrayList<>();
    windows.forEach((partition, window) ->
        window
            .advance(neededElsewhere(partition.partition()))
            .ifPresent(commit -> {
              CommitNote note = new CommitNote(commit.outcomesPosition(), dispatcher.holdLeft());
              offsets.put(partition, new OffsetAndMetadata(commit.nextOffset(), note.text()));
              completions.addAll(commit.completions());
            }));
    return new Advance(offsets, completions);
  }

  /// Outcomes that the replay has read are kept until all records that they are about are read.
  private long neededElsewhere(int partition) {
    return Math.min(dispatcher.neededFrom(partition), replay.neededFrom(partition));
  }

  private void release(List<Completion> completions) {
    if (!completions.isEmpty()) {
      queue
          .complete(completions)
          .subscribe(
              done -> {},
              error ->
                  log.warn(
                      "{} contents not released, left to the sweep: {}",
                      completions.size(),
                      error.toString()));
    }
  }
}
