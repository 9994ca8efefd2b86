package io.gatepost.delivery.early;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.attempt.AttemptSink;
import io.gatepost.delivery.attempt.Conduct;
import io.gatepost.delivery.transport.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// One attempt of a message whose client waits. It says which of the attempt's transactions go on,
/// and when; and what the client is to be told. Safe for all threads; calls out to nobody while its
/// lock is held.
final class EarlyAttempt implements Conduct {

  private final EnvelopeRecord message;
  private final Function<List<Destination>, Optional<Why>> standing;
  private final Sinks.One<EarlyResult> result = Sinks.one();
  private final Sinks.One<EarlyResult> end = Sinks.one();
  private final JoinedSink sink = new JoinedSink();

  /// Transactions that wait, by the recipients that they are about.
  private final Map<Key, Transport.Prepared> prepared = new HashMap<>();

  /// Recipients at destinations that have their outcomes.
  private final Set<Key> ended = new HashSet<>();

  private final List<RecipientOutcome> outcomes = new ArrayList<>();
  private volatile Phase phase = Phase.TRYING; // written under the lock
  private int pending = Integer.MAX_VALUE;
  private @Nullable Runnable conclude;
  private boolean isOver;

  /// A recipient at a destination, under the name that it has there.
  private record Key(String destination, ForwardPath address) {}

  private enum Phase {
    /// No transaction has gone on: nobody can have the message.
    TRYING,
    /// Transactions go on as they come.
    GOING,
    /// The attempt is broken off: no transaction goes on.
    ABANDONED
  }

  /// @param standing why destinations are not to be tried now
  EarlyAttempt(EnvelopeRecord message, Function<List<Destination>, Optional<Why>> standing) {
    this.message = message;
    this.standing = standing;
  }

  /// What the client is to be told, once.
  Mono<EarlyResult> result() {
    return result.asMono();
  }

  /// Told of the attempt's end, once another has joined.
  AttemptSink sink() {
    return sink;
  }

  Envelope envelope() {
    return message.envelope();
  }

  @Override
  public boolean splits() {
    decline(Why.TOO_WIDE);
    return false;
  }

  @Override
  public boolean begins(
      List<Destination> destinations, List<RecipientOutcome> settled, int recipients) {
    Optional<Why> against = standing.apply(destinations);
    if (against.isPresent()) {
      decline(against.get());
      return false;
    }
    synchronized (this) {
      outcomes.addAll(settled);
      pending = recipients;
      if (phase != Phase.ABANDONED) {
        return true;
      }
      isOver = true;
    }
    end.tryEmitValue(new EarlyResult.TryLater(settled));
    return false;
  }

  @Override
  public boolean isWanted() {
    return phase != Phase.ABANDONED;
  }

  @Override
  public void prepared(Destination destination, Transport.Prepared part) {
    List<Runnable> steps;
    synchronized (this) {
      steps =
          switch (phase) {
            case GOING -> List.of(part::go);
            case ABANDONED -> List.of(part::abandon);
            case TRYING -> {
              part.recipients().forEach(each -> prepared.put(key(destination, each), part));
              yield decided();
            }
          };
    }
    steps.forEach(Runnable::run);
  }

  @Override
  public void ended(
      Destination destination, List<RecipientOutcome> told, List<RecipientOutcome> all) {
    List<Runnable> steps;
    synchronized (this) {
      outcomes.addAll(all);
      for (RecipientOutcome outcome : told) {
        Key key = key(destination, outcome.recipient());
        ended.add(key);
        prepared.remove(key);
      }
      steps = phase == Phase.TRYING ? decided() : List.of();
    }
    steps.forEach(Runnable::run);
  }

  @Override
  public void over(List<RecipientOutcome> settled, Runnable conclusion) {
    EarlyResult told;
    synchronized (this) {
      isOver = true;
      outcomes.clear();
      outcomes.addAll(settled);
      told = atEnd();
      conclude = conclusion;
    }
    if (told instanceof EarlyResult.Delivered || sink.isJoined()) {
      concludeOnce();
    }
    result.tryEmitValue(told);
    end.tryEmitValue(told);
  }

  /// The client can wait no longer: it is told what there is to tell, and the attempt goes on.
  void budgetIsOver() {
    EarlyResult told;
    List<Runnable> steps = List.of();
    synchronized (this) {
      if (isOver) {
        return;
      }
      if (phase == Phase.TRYING && mayNotBePartly() && isRefusedToSome()) {
        steps = abandoned();
        told = new EarlyResult.TryLater(known());
      } else {
        told = new EarlyResult.GoesOn(rest());
      }
    }
    steps.forEach(Runnable::run);
    result.tryEmitValue(told);
  }

  /// The message's record has been read: from now on the attempt is the queue's.
  ///
  /// @param joined told of all that the attempt comes to
  /// @return false where the attempt was broken off
  boolean join(AttemptSink joined) {
    List<Runnable> steps;
    List<RecipientOutcome> served;
    synchronized (this) {
      if (phase == Phase.ABANDONED) {
        return false;
      }
      steps = isOver ? List.of() : going();
      served = outcomes.stream().filter(RecipientOutcome::isServed).toList();
    }
    sink.join(joined);
    result.tryEmitValue(new EarlyResult.NotTried(Why.UNKNOWN)); // whoever asked has gone long ago
    if (isOver()) {
      if (!concludeOnce()) {
        joined.delivered(served);
      }
    } else if (!served.isEmpty()) {
      joined.progress(served);
    }
    steps.forEach(Runnable::run);
    return true;
  }

  /// The message will not be queued: breaks the attempt off, or awaits its end.
  Mono<EarlyResult> withdraw() {
    List<Runnable> steps;
    EarlyResult told = null;
    synchronized (this) {
      steps = !isOver && phase == Phase.TRYING ? abandoned() : List.of();
      if (phase == Phase.ABANDONED && !isOver) {
        told = new EarlyResult.TryLater(known());
      }
    }
    steps.forEach(Runnable::run);
    if (told == null) {
      return end.asMono().map(this::withoutQueue);
    }
    result.tryEmitValue(told);
    return Mono.just(told);
  }

  /// Whether nothing more will be called.
  synchronized boolean isOver() {
    return isOver;
  }

  /// Runs once the attempt has ended, on any thread.
  void onEnd(Runnable task) {
    end.asMono().subscribe(_ -> task.run());
  }

  /// Runs once nothing of it will come to the log: its end is what the client is told.
  void onSettled(Runnable task) {
    end.asMono()
        .zipWith(result())
        .filter(told -> !(told.getT2() instanceof EarlyResult.GoesOn))
        .subscribe(_ -> task.run());
  }

  /// What is to be done once all recipients everywhere are answered for.
  private List<Runnable> decided() {
    prepared.values().removeIf(part -> !part.isStanding());
    if (prepared.size() + ended.size() < pending || prepared.isEmpty()) {
      return List.of(); // without one that waits the attempt is over in a moment
    }
    if (!mayNotBePartly() || !isRefusedToSome()) {
      return going();
    }
    EarlyResult told = new EarlyResult.TryLater(known());
    List<Runnable> steps = new ArrayList<>(abandoned());
    steps.add(() -> result.tryEmitValue(told));
    return steps;
  }

  private List<Runnable> going() {
    phase = Phase.GOING;
    return parts().stream().<Runnable>map(part -> part::go).toList();
  }

  private List<Runnable> abandoned() {
    phase = Phase.ABANDONED;
    return parts().stream().<Runnable>map(part -> part::abandon).toList();
  }

  private Set<Transport.Prepared> parts() {
    Set<Transport.Prepared> parts = new HashSet<>(prepared.values());
    prepared.clear();
    return parts;
  }

  /// A stranger's sender may be forged: nobody can be told of recipients that are refused after the
  /// others have got the message (requirement H1).
  private boolean mayNotBePartly() {
    return envelope().provenance().origin() == Origin.EXTERNAL;
  }

  private boolean isRefusedToSome() {
    return known().stream().anyMatch(RecipientOutcome.Failed.class::isInstance);
  }

  /// Outcomes, and refusals in transactions that wait.
  private List<RecipientOutcome> known() {
    List<RecipientOutcome> known = new ArrayList<>(outcomes);
    new HashSet<>(prepared.values()).forEach(part -> known.addAll(part.refused()));
    return known;
  }

  /// What the client is told when everybody has an outcome.
  private EarlyResult atEnd() {
    if (phase == Phase.ABANDONED) {
      return new EarlyResult.TryLater(List.copyOf(outcomes));
    }
    if (outcomes.stream().allMatch(RecipientOutcome::isServed)) {
      return new EarlyResult.Delivered(outcomes);
    }
    List<RecipientOutcome.Failed> refused = refused();
    if (refused.size() == outcomes.size()) {
      return new EarlyResult.Refused(refused);
    }
    if (phase == Phase.TRYING && mayNotBePartly() && !refused.isEmpty()) {
      phase = Phase.ABANDONED;
      return new EarlyResult.TryLater(List.copyOf(outcomes));
    }
    return new EarlyResult.GoesOn(rest());
  }

  private synchronized EarlyResult withoutQueue(EarlyResult known) {
    return known instanceof EarlyResult.GoesOn ? new EarlyResult.TryLater(outcomes) : known;
  }

  private List<RecipientOutcome.Failed> refused() {
    return outcomes.stream()
        .filter(RecipientOutcome.Failed.class::isInstance)
        .map(RecipientOutcome.Failed.class::cast)
        .toList();
  }

  /// The envelope without those that are known to be served. An alias stays as long as one of its
  /// members may be open: those that have their copy are covered.
  private Envelope rest() {
    Set<ForwardPath> open = new HashSet<>();
    Set<ForwardPath> closed = new HashSet<>();
    List<Recipient> served = new ArrayList<>();
    for (RecipientOutcome outcome : outcomes) {
      Recipient recipient = outcome.recipient();
      if (outcome.isServed()) {
        closed.add(recipient.original());
        served.add(recipient);
      } else {
        open.add(recipient.original());
      }
    }
    boolean all = isOver;
    List<Recipient> rest =
        envelope().recipients().stream()
            .filter(each ->
                !served.contains(each)
                    && !(all
                        && closed.contains(each.original())
                        && !open.contains(each.original())))
            .toList();
    return rest.isEmpty()
        ? envelope()
        : envelope().only(rest).covering(envelope().covered().plus(served));
  }

  private void decline(Why why) {
    synchronized (this) {
      isOver = true;
      phase = Phase.ABANDONED;
    }
    EarlyResult told = new EarlyResult.NotTried(why);
    result.tryEmitValue(told);
    end.tryEmitValue(told);
  }

  /// @return whether it had not been concluded before
  private boolean concludeOnce() {
    Runnable conclusion;
    synchronized (this) {
      conclusion = conclude;
      conclude = null;
    }
    if (conclusion != null) {
      conclusion.run();
    }
    return conclusion != null;
  }

  private static Key key(Destination destination, Recipient recipient) {
    return new Key(destination.name(), recipient.address());
  }
}
