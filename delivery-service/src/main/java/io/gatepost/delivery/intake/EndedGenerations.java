package io.gatepost.delivery.intake;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.QueueId;
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
/// since is kept for some time, for copies of records that are still to come.
final class EndedGenerations {

  /// A generation of a message.
  record Key(QueueId id, int generation) {}

  /// Some seconds of the fastest mail.
  private static final int REMEMBERED = 50_000;

  private final Map<Key, Boolean> replayed = new HashMap<>();
  private final Map<Key, Set<ForwardPath>> delivered = new HashMap<>();
  private final Map<Key, Boolean> recent =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  /// Takes an outcome of an earlier run.
  synchronized void replay(OutcomeRecord outcome) {
    Key key = key(outcome);
    switch (outcome) {
      case OutcomeRecord.Ended over -> {
        replayed.put(key, isDone(over));
        delivered.remove(key);
      }
      case OutcomeRecord.Progress progress -> {
        Set<ForwardPath> served = delivered.computeIfAbsent(key, any -> new HashSet<>());
        progress.outcomes().forEach(each -> served.add(each.recipient().address()));
      }
    }
  }

  /// All records that the replay can have been about have been read.
  synchronized void forgetReplay() {
    replayed.clear();
    delivered.clear();
  }

  /// Takes the end of an attempt of our own.
  synchronized void note(OutcomeRecord.Ended over) {
    recent.put(key(over), isDone(over));
  }

  /// Whether a generation is over; the value says whether the message is done with as well, so that
  /// its content may go.
  synchronized Optional<Boolean> ended(Key key) {
    Boolean done = recent.get(key);
    return Optional.ofNullable(done == null ? replayed.get(key) : done);
  }

  /// The final addresses that a generation which is not over has already been delivered to.
  synchronized Set<ForwardPath> delivered(Key key) {
    Set<ForwardPath> served = delivered.get(key);
    return served == null ? Set.of() : Set.copyOf(served);
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
