package io.gatepost.edge.filter;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.edge.intake.Accepted;
import io.gatepost.edge.intake.Handover;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// One message that a filter has, or may have. It goes on once, or the round is closed: never both.
/// Safe for all threads.
final class FilterRound {

  private final String token;
  private final EnvelopeRecord message;
  private final Sinks.One<Accepted> end = Sinks.one();
  private State state = State.WAITING; // guarded by this
  private @Nullable Handover way; // guarded by this
  private boolean isClientGone; // guarded by this
  private boolean isInAHurry; // guarded by this

  /// How far a round has come.
  enum State {
    /// Nothing has come back.
    WAITING,
    /// The message is on its way to its recipients or to the log.
    GOING_ON,
    OVER
  }

  /// @param token by which the message is known when it comes back
  /// @param message as it came in
  FilterRound(String token, EnvelopeRecord message) {
    this.token = token;
    this.message = message;
  }

  String token() {
    return token;
  }

  EnvelopeRecord message() {
    return message;
  }

  QueueId id() {
    return message.envelope().id();
  }

  /// Whether another message has the same recipients, in whatever order.
  boolean hasRecipientsOf(EnvelopeRecord other) {
    return recipients(message).equals(recipients(other));
  }

  private static Set<ForwardPath> recipients(EnvelopeRecord message) {
    return message.envelope().recipients().stream()
        .map(Recipient::address)
        .collect(Collectors.toSet());
  }

  /// The end, for the message's client.
  Mono<Accepted> end() {
    return end.asMono();
  }

  /// Has the message go on, where it is waiting; then [#goOn] or [#failed] is to be called.
  ///
  /// @return how far the round had come
  synchronized State claim() {
    State was = state;
    if (was == State.WAITING) {
      state = State.GOING_ON;
    }
    return was;
  }

  /// Ends the round where nothing has come back.
  ///
  /// @return false where something has
  boolean close(Accepted.NotQueued why) {
    synchronized (this) {
      if (state != State.WAITING) {
        return false;
      }
      state = State.OVER;
    }
    end.tryEmitValue(why);
    return true;
  }

  /// The message that was claimed goes this way. To be subscribed to once, and not to be cancelled.
  Mono<Accepted> goOn(Handover chosen) {
    return Mono.defer(() -> {
      boolean isGone;
      boolean hurries;
      synchronized (this) {
        way = chosen;
        isGone = isClientGone;
        hurries = isInAHurry;
      }
      Mono<Accepted> begun = chosen.begin().doOnNext(this::ended);
      if (isGone) {
        chosen.clientHasGone();
      } else if (hurries) {
        chosen.hurry();
      }
      return begun;
    });
  }

  /// The message that was claimed cannot go on.
  void failed(Accepted.NotQueued why) {
    ended(why);
  }

  private void ended(Accepted accepted) {
    synchronized (this) {
      state = State.OVER;
    }
    end.tryEmitValue(accepted);
  }

  /// The client of the message has gone.
  void clientHasGone() {
    Optional<Handover> under;
    synchronized (this) {
      isClientGone = true;
      under = Optional.ofNullable(way);
    }
    under.ifPresent(Handover::clientHasGone);
  }

  /// The client of the message is to have its reply.
  void hurry() {
    Optional<Handover> under;
    synchronized (this) {
      isInAHurry = true;
      under = Optional.ofNullable(way);
    }
    under.ifPresent(Handover::hurry);
  }
}
