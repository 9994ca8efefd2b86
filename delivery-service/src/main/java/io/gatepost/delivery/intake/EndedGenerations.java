package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is known to be over: generations, and single recipients of generations that run on. What
/// the replay told is kept until the records that it is about have been read again; what ended
/// since is kept for some time.
///
/// With each goes the position from which a replay finds it out: a record that is still to be read,
/// or whose offset is not committed, needs that position in the commit's note.
final class EndedGenerations {

  /// A generation of a message.
  record Key(QueueId id, int generation) {}

  /// A generation that is over.
  ///
  /// @param done whether the message is done with as well, so that its content may go
  /// @param position an outcomes position before its end
  record Over(boolean done, long position) {}

  /// What a generation that is not over has reached already.
  ///
  /// @param recipients as they stood in their outcomes
  /// @param position an outcomes position before the first of them
  record Served(Set<Recipient> recipients, long position) {
    static final Served NOBODY = new Served(Set.of(), Long.MAX_VALUE);
  }

  /// Some seconds of the fastest mail.
  private static final int REMEMBERED = 50_000;

  private final Map<Key, Over> replayed = new HashMap<>();
  private final Map<Key, Served> delivered = new HashMap<>();
  private final Map<Key, Over> recent =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Over> eldest) {
          return size() > REMEMBERED;
        }
      };

  /// Takes an outcome of an earlier run.
  ///
  /// @param position where it stands
  synchronized void replay(OutcomeRecord outcome, long position) {
    Key key = key(outcome);
    switch (outcome) {
      case OutcomeRecord.Ended over -> {
        replayed.put(key, new Over(isDone(over), position));
        delivered.remove(key);
      }
      case OutcomeRecord.Progress progress -> {
        Served served =
            delivered.computeIfAbsent(key, any -> new Served(new HashSet<>(), position));
        progress.outcomes().forEach(each -> served.recipients().add(each.recipient()));
      }
    }
  }

  /// All records that the replay can have been about have been read.
  synchronized void forgetReplay() {
    replayed.clear();
    delivered.clear();
  }

  /// Takes the end of an attempt of our own.
  ///
  /// @param position the end of the outcomes when the attempt began
  synchronized Over note(OutcomeRecord.Ended outcome, long position) {
    Over over = new Over(isDone(outcome), position);
    recent.put(key(outcome), over);
    return over;
  }

  /// Whether a generation is over.
  synchronized Optional<Over> ended(Key key) {
    Over over = recent.get(key);
    return Optional.ofNullable(over == null ? replayed.get(key) : over);
  }

  /// What a generation that is not over has been delivered to in an earlier run.
  synchronized Served delivered(Key key) {
    Served served = delivered.get(key);
    return served == null
        ? Served.NOBODY
        : new Served(Set.copyOf(served.recipients()), served.position());
  }

  private static Key key(OutcomeRecord outcome) {
    return new Key(outcome.id(), outcome.generation());
  }

  private static boolean isDone(OutcomeRecord.Ended over) {
    for (RecipientOutcome outcome : over.outcomes()) {
      if (outcome instanceof RecipientOutcome.Deferred) {
        return false;
      }
    }
    return true;
  }
}
