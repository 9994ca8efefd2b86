package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.Generation;
import io.gatepost.contract.event.LogBounds;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Generations that are known to be over, and single recipients of generations that run on.
/// Outcomes from the replay are kept until the records that it is about have been read again; what
/// ended since is kept for some time.
///
/// A replay may tell of millions of generations, as one slow attempt makes it begin where that one
/// began. Only those are kept of which a record can be read again: an end says where the records of
/// its generation stand, and what was committed is not read again. So there are no more of them
/// than records in the windows of the run before, and copies that it had under way.
///
/// With each goes the position from which a replay finds it out: a record that is still to be read,
/// or whose offset is not committed, needs that position in the commit's note.
final class EndedGenerations {

  /// A generation of a message. A generation that is over.
  ///
  /// @param done whether the message is done with as well, so that its content may go
  /// @param position an outcomes position before its end
  record Over(boolean done, long position) {}

  /// Recipients that a generation that is not over has reached already.
  ///
  /// @param outcomes of those who have their copy; none where it is only known that the record may
  ///   have been carried forward
  /// @param position an outcomes position before the first of them
  record Served(List<RecipientOutcome> outcomes, long position) {}

  /// Some seconds of the fastest mail.
  private static final int REMEMBERED = 50_000;

  /// Ends that do not say where their records stand: an operator's, those whose copies may be
  /// anywhere, and those of earlier versions. Some 20 MiB; beyond that the oldest are forgotten.
  static final int MOST_ANYWHERE = 100_000;

  private final Map<Integer, LogBounds> readAgainFrom = new HashMap<>();
  private final Map<Generation, Over> replayed = new HashMap<>();
  private final Map<Generation, Served> delivered = new HashMap<>();
  private final Map<Generation, Over> anywhere = latest(MOST_ANYWHERE);
  private final Map<Generation, Over> recent = latest(REMEMBERED);

  /// A replay begins.
  ///
  /// @param committed from where each partition is read again
  synchronized void replayBegins(Map<Integer, LogBounds> committed) {
    readAgainFrom.putAll(committed);
  }

  /// Takes an outcome of an earlier run.
  ///
  /// @param position where it stands
  /// @param underWay whether an attempt of this generation runs here: then its end is kept,
  ///   whatever is read again
  synchronized void replay(OutcomeRecord outcome, long position, boolean underWay) {
    Generation key = key(outcome);
    switch (outcome) {
      case OutcomeRecord.Ended over -> {
        delivered.remove(key);
        if (underWay || isReadAgain(over)) {
          (over.records().isPresent() ? replayed : anywhere)
              .put(key, new Over(isDone(over), position));
        }
      }
      case OutcomeRecord.Progress progress ->
          delivered
              .computeIfAbsent(key, any -> new Served(new ArrayList<>(0), position))
              .outcomes()
              .addAll(progress.outcomes());
    }
  }

  /// All records that the replay can have been about have been read.
  synchronized void forgetReplay() {
    replayed.clear();
    anywhere.clear();
    delivered.clear();
    readAgainFrom.clear();
  }

  /// Takes the end of an attempt of our own. Where an earlier run had begun it, there may be copies
  /// of its record far behind: it is kept as long as what the replay told.
  ///
  /// @param position the end of the outcomes when the attempt began
  synchronized Over note(OutcomeRecord.Ended outcome, long position) {
    Generation key = key(outcome);
    Over over = new Over(isDone(outcome), position);
    (delivered.remove(key) == null ? recent : replayed).put(key, over);
    return over;
  }

  /// Whether a generation is over.
  synchronized Optional<Over> ended(Generation key) {
    Over over = recent.get(key);
    if (over == null) {
      over = replayed.get(key);
    }
    return Optional.ofNullable(over == null ? anywhere.get(key) : over);
  }

  /// Returns the recipients that a generation that is not over has reached in an earlier run; none
  /// where no run has said anything of it.
  synchronized Optional<Served> delivered(Generation key) {
    return Optional.ofNullable(delivered.get(key))
        .map(served -> new Served(List.copyOf(served.outcomes()), served.position()));
  }

  /// How many ends of earlier runs are known.
  synchronized int replayed() {
    return replayed.size() + anywhere.size();
  }

  private boolean isReadAgain(OutcomeRecord.Ended over) {
    LogBounds from = readAgainFrom.getOrDefault(over.id().partition(), LogBounds.NOTHING);
    return over.records().map(records -> records.reachBeyond(from)).orElse(true);
  }

  private static Generation key(OutcomeRecord outcome) {
    return new Generation(outcome.id(), outcome.generation());
  }

  private static boolean isDone(OutcomeRecord.Ended over) {
    for (RecipientOutcome outcome : over.outcomes()) {
      if (outcome instanceof RecipientOutcome.Deferred) {
        return false;
      }
    }
    return true;
  }

  private static Map<Generation, Over> latest(int most) {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Generation, Over> eldest) {
        return size() > most;
      }
    };
  }
}
