package io.gatepost.edge.filter;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.FilterAnswer;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.ForeignReply;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.edge.filter.FilterMeters.Round;
import io.gatepost.edge.filter.FilterRule.Unavailable;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.Accepted;
import io.gatepost.edge.intake.Handover;
import io.gatepost.edge.policy.FailurePolicy;
import io.gatepost.edge.policy.Verdict;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/// A message that is shown to the filter, and waits until that gives another back. Its client hears
/// what becomes of that one; where none comes, it comes again. Safe for all threads.
final class FilteredMessage implements Handover {

  private static final Logger log = LoggerFactory.getLogger(FilteredMessage.class);

  /// The answer of a delivery-service is on its way so long after the budget at most.
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private final FilterRound round;
  private final FilterRounds rounds;
  private final FilterRule rule;
  private final Delivery delivery;
  private final Acceptance acceptance;
  private final FilterMeters meters;
  private final Disposable.Swap showing = Disposables.swap();

  FilteredMessage(
      FilterRound round,
      FilterRounds rounds,
      FilterRule rule,
      Delivery delivery,
      Acceptance acceptance,
      FilterMeters meters) {
    this.round = round;
    this.rounds = rounds;
    this.rule = rule;
    this.delivery = delivery;
    this.acceptance = acceptance;
    this.meters = meters;
  }

  @Override
  public Mono<Accepted> begin() {
    return Mono.defer(() -> {
      Disposable timer = Mono.delay(rule.timeout()).subscribe(_ -> tooLate());
      Mono<FilterAnswer> answer =
          Deadline.within(
              rule.timeout().plus(MARGIN),
              Mono.defer(() ->
                  delivery.filter(
                      FilterContent.shown(round.message(), round.token()), rule.terms())));
      showing.update(answer.onErrorResume(this::failed).subscribe(this::answered));
      // The filter's own reply may still be on its way: its call is left to its end.
      return round
          .end()
          .doOnNext(_ -> {
            timer.dispose();
            rounds.end(round);
          });
    });
  }

  @Override
  public void clientHasGone() {
    if (!brokenOff()) {
      round.clientHasGone();
    }
  }

  @Override
  public void hurry() {
    if (!brokenOff()) {
      round.hurry();
    }
  }

  private boolean brokenOff() {
    boolean isClosed =
        close(Round.BROKEN_OFF, Reason.SERVICE_UNAVAILABLE, Replies.ATTEMPT_BROKEN_OFF);
    if (isClosed) {
      showing.dispose();
    }
    return isClosed;
  }

  private void tooLate() {
    if (close(Round.NOT_GIVEN_BACK, Reason.DEADLINE_EXCEEDED, Replies.FILTER_TOO_SLOW)) {
      log.warn("qid={} not given back by the filter within {}", round.id(), rule.timeout());
      showing.dispose();
    }
  }

  /// Where a delivery-service may have shown it to the filter all the same, it may come back.
  private Mono<FilterAnswer> failed(Throwable error) {
    if (error instanceof RpcException && FailurePolicy.leavesDoubt(error)) {
      log.warn("qid={} filter's answer not known: {}", round.id(), error.getMessage());
      return Mono.just(new FilterAnswer.Silent());
    }
    FailurePolicy.deliveryFailed(error);
    return Mono.just(new FilterAnswer.Away(Replies.SCANNER_UNAVAILABLE));
  }

  private void answered(FilterAnswer answer) {
    switch (answer) {
      // It gives one back, or has done so.
      case FilterAnswer.Taken _, FilterAnswer.Silent _ -> {}
      case FilterAnswer.Refused(var reply) ->
          close(Round.REFUSED, Reason.CONTENT_REJECTED, refusal(reply));
      case FilterAnswer.TryLater(var reply) -> {
        if (close(Round.TRY_LATER, Reason.CONTENT_DEFERRED, Replies.SCANNER_UNAVAILABLE)) {
          log.info("qid={} not taken by the filter now: {}", round.id(), reply);
        }
      }
      case FilterAnswer.Away(var reply) -> away(reply);
    }
  }

  private void away(Reply why) {
    if (rule.unavailable() == Unavailable.DEFER) {
      if (close(Round.UNAVAILABLE, Reason.SERVICE_UNAVAILABLE, Replies.SCANNER_UNAVAILABLE)) {
        log.warn("qid={} filter not available: {}", round.id(), why);
      }
    } else if (round.claim() == FilterRound.State.WAITING) {
      log.warn("qid={} goes on without the filter, not available: {}", round.id(), why);
      meters.ended(Round.SKIPPED);
      round.goOn(acceptance.deliver(FilterContent.unfiltered(round.message()))).subscribe();
    }
  }

  /// Ends the round where nothing has come back; nobody needs the content then.
  private boolean close(Round how, Reason reason, Reply reply) {
    boolean isClosed = round.close(new Accepted.NotQueued(new Verdict.Refuse(reason, reply)));
    if (isClosed) {
      meters.ended(how);
      acceptance.drop(round.message()).subscribe();
    }
    return isClosed;
  }

  /// Strangers see no names of hosts behind us.
  private Reply refusal(Reply reply) {
    Envelope envelope = round.message().envelope();
    if (envelope.provenance().origin() == Origin.INTERNAL) {
      return ForeignReply.toOwnMessage(reply);
    }
    Recipient first = envelope.recipients().getFirst();
    String host = rule.terms().address();
    return ForeignReply.toMessage(
        reply,
        new ForeignReply.Said(
            Optional.of(new ForeignReply.Host(host, host)), first.original(), first.address()));
  }
}
