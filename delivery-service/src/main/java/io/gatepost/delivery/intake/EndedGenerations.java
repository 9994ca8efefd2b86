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

/// What the outcomes say is over: generations, and single recipients of generations that run on.
/// Bounded: the oldest are forgotten first, far behind any record that could come again.
final class EndedGenerations {

  /// A generation of a message.
  record Key(QueueId id, int generation) {}

  private static final int REMEMBERED = 50_000;

  private final Map<Key, Boolean> ended =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  private final Map<Key, Set<ForwardPath>> delivered = new HashMap<>();

  /// Takes an outcome, from the replay or from an attempt of our own.
  synchronized void note(OutcomeRecord outcome) {
    Key key = new Key(outcome.id(), outcome.generation());
    switch (outcome) {
      case OutcomeRecord.Ended over -> {
        boolean done =
            over.outcomes().stream().noneMatch(RecipientOutcome.Deferred.class::isInstance);
        ended.put(key, done);
        delivered.remove(key);
      }
      case OutcomeRecord.Progress progress -> {
        Set<ForwardPath> served = delivered.computeIfAbsent(key, any -> new HashSet<>());
        progress.outcomes().forEach(each -> served.add(each.recipient().address()));
      }
    }
  }

  /// Whether a generation is over; the value says whether the message is done with as well, so that
  /// its content may go.
  synchronized Optional<Boolean> ended(Key key) {
    return Optional.ofNullable(ended.get(key));
  }

  /// The final addresses that a generation which is not over has already been delivered to.
  synchronized Set<ForwardPath> delivered(Key key) {
    return Set.copyOf(delivered.getOrDefault(key, Set.of()));
  }

  /// Replayed progress is of no use once its generation has been dispatched again.
  synchronized void forgetProgress(Key key) {
    delivered.remove(key);
  }
}
