package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.queue.Enqueued;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.edge.policy.FailurePolicy;
import java.time.Duration;
import java.time.InstantSource;
import reactor.core.publisher.Mono;

/// Puts messages on the log. No result of this class is a failed [Mono].
final class LogHandover {

  /// At the end of the wait for the log: what is appended in the last moment of its limit has this
  /// long to be answered.
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

  private static final Duration REPEAT_PAUSE = Duration.ofMillis(500);

  private final Queue queue;
  private final Duration longest;
  private final LogClock clock = new LogClock(InstantSource.system(), System::nanoTime);

  /// @param longest how long the client can wait for the log
  LogHandover(Queue queue, Duration longest) {
    this.queue = queue;
    this.longest = longest;
  }

  /// Puts the message on the log. Not to be cancelled: from here on it may be ours whatever the
  /// client does. A message that is refused is not delivered: where it may be on the log the client
  /// is kept until that is known, and what gets there past the limit does not count. An error
  /// leaves stored content alone, as a record may refer to it; the content store's sweep finds what
  /// nobody refers to.
  Mono<Accepted> enqueue(EnvelopeRecord message) {
    return Mono.defer(() -> {
      Duration answer = shorter(longest.dividedBy(4), LONGEST_ANSWER);
      AppendLimit limit = new AppendLimit(clock.now().plus(longest.minus(answer)));
      return Deadline.within(longest, append(message, limit, System.nanoTime()))
          .map(enqueued -> accepted(enqueued, limit))
          .onErrorResume(
              error -> Mono.just(new Accepted.NotQueued(FailurePolicy.queueFailed(error))));
    });
  }

  /// @param asked when the message was brought to the queue first, by the monotonic clock
  private Mono<Enqueued> append(EnvelopeRecord message, AppendLimit limit, long asked) {
    return attempt(message, limit, asked)
        .onErrorResume(
            FailurePolicy::leavesDoubt,
            error -> Mono.delay(REPEAT_PAUSE).then(settled(message, limit, asked)));
  }

  /// Asks until there is an answer, or the caller's time is over: a call before may have put the
  /// message on the log, so no failure of a later one says that it is not there.
  private Mono<Enqueued> settled(EnvelopeRecord message, AppendLimit limit, long asked) {
    return attempt(message, limit, asked)
        .onErrorResume(
            FailurePolicy::mayBeFoundOut,
            error -> Mono.delay(REPEAT_PAUSE).then(settled(message, limit, asked)));
  }

  private Mono<Enqueued> attempt(EnvelopeRecord message, AppendLimit limit, long asked) {
    return Mono.defer(() -> queue.enqueue(message, limit))
        .doOnNext(enqueued -> clock.told(enqueued.appended(), asked, System.nanoTime()));
  }

  private static Accepted accepted(Enqueued enqueued, AppendLimit limit) {
    return limit.isKeptBy(enqueued.appended())
        ? new Accepted.Queued(enqueued)
        : new Accepted.NotQueued(FailurePolicy.appendedTooLate());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
