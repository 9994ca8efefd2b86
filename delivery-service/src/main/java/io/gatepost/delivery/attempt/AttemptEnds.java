package io.gatepost.delivery.attempt;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.delivery.dsn.ReturnedPart;
import io.gatepost.delivery.transport.ContentView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// The ends of attempts: judged, counted, logged and told.
final class AttemptEnds {

  private static final Logger log = LoggerFactory.getLogger(AttemptEnds.class);
  private static final Duration CONTENT_TIMEOUT = Duration.ofSeconds(10);

  private final Judge judge;
  private final Queue queue;
  private final InstantSource clock;
  private final AttemptMeters meters;

  /// One attempt.
  ///
  /// @param startedNanos when it began, by the monotonic clock
  /// @param sink who is told of its end
  record Run(long startedNanos, AttemptSink sink) {}

  AttemptEnds(Judge judge, Queue queue, InstantSource clock, AttemptMeters meters) {
    this.judge = judge;
    this.queue = queue;
    this.clock = clock;
    this.meters = meters;
  }

  /// Judges what became of everybody.
  ///
  /// @param heldUpBy the one destination that all deferred recipients wait for, if there is one
  void judged(
      EnvelopeRecord message,
      List<RecipientOutcome> outcomes,
      Optional<String> heldUpBy,
      Judge.Made made,
      Run run) {
    Instant now = clock.instant();
    Judge.Result result =
        judge.judge(message, edited(message, message.content()), outcomes, heldUpBy, now, made);
    if (result instanceof Judge.Result.Leftover(var conclusion)
        && !conclusion.notices().isEmpty()
        && message.envelope().content() instanceof ContentRef.Stored stored) {
      // A notice says what it is about: the header is read for that, and only then.
      Mono<Judge.Result> withHeader =
          Deadline.within(
                  CONTENT_TIMEOUT,
                  StoredContent.beginning(queue, stored, ReturnedPart.MAX_HEADER_OCTETS))
              .map(beginning ->
                  judge.judge(message, edited(message, beginning), outcomes, heldUpBy, now, made))
              .onErrorResume(error -> {
                log.warn(
                    "qid={} the notice goes without the header, which cannot be read: {}",
                    message.envelope().id(),
                    error.getMessage());
                return Mono.just(result);
              });
      run.sink().span().within(withHeader).subscribe(read -> end(message, read, run));
    } else {
      end(message, result, run);
    }
  }

  /// The message goes on in parts.
  void split(
      EnvelopeRecord message,
      List<RecipientOutcome> outcomes,
      List<EnvelopeRecord> parts,
      Run run) {
    byte[] beginning = edited(message, message.content());
    end(
        message,
        new Judge.Result.Leftover(
            judge.split(message, beginning, outcomes, parts, clock.instant())),
        run);
  }

  /// The sender gets back the content that the recipients would have got.
  private static byte[] edited(EnvelopeRecord message, byte[] beginning) {
    return beginning.length == 0 ? beginning : ContentView.beginning(message.envelope(), beginning);
  }

  private void end(EnvelopeRecord message, Judge.Result result, Run run) {
    long nanos = System.nanoTime() - run.startedNanos();
    switch (result) {
      case Judge.Result.AllDelivered(var all) -> {
        meters.ended(all, nanos);
        run.sink().span().run(() -> AttemptLog.delivered(message.envelope(), all, nanos));
        run.sink().delivered(all);
      }
      case Judge.Result.Leftover(var conclusion) -> {
        meters.ended(conclusion.outcomes(), nanos);
        run.sink().span().run(() -> AttemptLog.leftover(message.envelope(), conclusion, nanos));
        run.sink().leftover(conclusion);
      }
    }
  }
}
