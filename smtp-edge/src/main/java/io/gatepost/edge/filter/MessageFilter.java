package io.gatepost.edge.filter;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.filter.FilterMeters.Dropped;
import io.gatepost.edge.filter.FilterMeters.Round;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.Accepted;
import io.gatepost.edge.intake.Handover;
import io.gatepost.edge.policy.Verdict;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// The filter between the scanners and delivery, which gives back another message by SMTP
/// (requirement E19). Where there is none, messages go straight on. The changed message has the
/// envelope and the queue id of the original; its own client hears what becomes of it. Nothing is
/// on disk for good before that (requirement E22).
public final class MessageFilter {

  private static final Logger log = LoggerFactory.getLogger(MessageFilter.class);

  /// Messages that are shown to the filter at a time.
  private static final int MOST_OPEN = 10_000;

  /// Rounds that have ended and are known when their message comes again.
  private static final int MOST_ENDED = 50_000;

  private static final Accepted NO_ROOM = later(Replies.SCANNER_UNAVAILABLE);
  private static final Accepted STOPPING = later(Replies.ATTEMPT_BROKEN_OFF);

  private final Optional<FilterRule> rule;
  private final Delivery delivery;
  private final Acceptance acceptance;
  private final FilterRounds rounds = new FilterRounds(MOST_OPEN, MOST_ENDED);
  private final FilterMeters meters;

  /// @param rule empty for no filter
  /// @param delivery shows messages to the filter
  /// @param acceptance the way of messages behind the filter
  public MessageFilter(
      Optional<FilterRule> rule, Delivery delivery, Acceptance acceptance, MeterRegistry registry) {
    this.rule = rule;
    this.delivery = delivery;
    this.acceptance = acceptance;
    this.meters = new FilterMeters(registry, rounds);
  }

  /// Has a message that was scanned changed by the filter, then delivered or put on the log.
  public Handover deliver(EnvelopeRecord message) {
    if (rule.isEmpty() || !rule.get().isFor(message.envelope())) {
      return acceptance.deliver(message);
    }
    return rounds
        .open(message)
        .<Handover>map(
            round -> new FilteredMessage(round, rounds, rule.get(), delivery, acceptance, meters))
        .orElseGet(() -> notShown(message, Round.NO_ROOM, NO_ROOM));
  }

  /// Puts a message on the log at once; one that the filter is to see has its client come again.
  public Handover enqueue(EnvelopeRecord message) {
    return rule.isPresent() && rule.get().isFor(message.envelope())
        ? notShown(message, Round.BROKEN_OFF, STOPPING)
        : acceptance.enqueue(message);
  }

  private Handover notShown(EnvelopeRecord message, Round why, Accepted end) {
    meters.ended(why);
    return Handover.straight(acceptance.drop(message).thenReturn(end));
  }

  /// Takes back a message from the filter, and has it go on in place of the original. Not to be
  /// cancelled. Never fails.
  ///
  /// @param back as it came in, with the filter's envelope
  /// @param inHeader the tokens in its header
  /// @return the reply to the filter
  public Mono<Reply> takeBack(EnvelopeRecord back, List<String> inHeader) {
    List<String> tokens = FilterContent.tokens(back, inHeader);
    if (tokens.size() != 1) {
      return unknown(back, tokens.size() + " tokens");
    }
    String token = tokens.getFirst();
    Optional<FilterRound> found = rounds.find(token);
    if (found.isEmpty()) {
      return rounds.hasEnded(token) ? late(back) : unknown(back, "an unknown token");
    }
    FilterRound round = found.get();
    return switch (round.claim()) {
      case WAITING -> claimed(round, back);
      case GOING_ON -> {
        log.warn("qid={} given back twice, as {} too", round.id(), back.envelope().id());
        yield dropped(back, Dropped.TWICE, Replies.GIVEN_BACK_BEFORE);
      }
      case OVER -> late(back);
    };
  }

  private Mono<Reply> claimed(FilterRound round, EnvelopeRecord back) {
    if (!round.hasRecipientsOf(back)) {
      log.warn("qid={} given back for other recipients, as {}", round.id(), back.envelope().id());
      meters.ended(Round.OTHER_RECIPIENTS);
      round.failed(later(Replies.SCANNER_UNAVAILABLE));
      return acceptance
          .drop(round.message())
          .then(acceptance.drop(back))
          .thenReturn(Replies.OTHER_RECIPIENTS);
    }
    EnvelopeRecord changed = FilterContent.givenBack(round.message(), back);
    log.info(
        "qid={} given back by the filter as={} octets={}",
        round.id(),
        back.envelope().id(),
        changed.envelope().content().octets());
    meters.ended(Round.GIVEN_BACK);
    return round
        .goOn(acceptance.deliver(changed))
        .doOnNext(_ -> acceptance.drop(round.message()).subscribe())
        .map(accepted -> reply(round, accepted));
  }

  private static Reply reply(FilterRound round, Accepted accepted) {
    return switch (accepted) {
      case Accepted.Queued _, Accepted.Held _ -> Replies.queued(round.id().text());
      case Accepted.Delivered(var reply, _) -> reply;
      case Accepted.NotQueued(var verdict) -> verdict.reply();
    };
  }

  /// Given back twice, or after its client has gone or was told to come again.
  private Mono<Reply> late(EnvelopeRecord back) {
    log.warn("qid={} from the filter dropped, as its round is over", back.envelope().id());
    return dropped(back, Dropped.LATE, Replies.ROUND_IS_OVER);
  }

  private Mono<Reply> unknown(EnvelopeRecord back, String why) {
    log.warn("qid={} from the filter refused, as it has {}", back.envelope().id(), why);
    return dropped(back, Dropped.UNKNOWN, Replies.NOT_SHOWN_TO_FILTER);
  }

  private Mono<Reply> dropped(EnvelopeRecord back, Dropped why, Reply reply) {
    meters.dropped(why);
    return acceptance.drop(back).thenReturn(reply);
  }

  private static Accepted.NotQueued later(Reply reply) {
    return new Accepted.NotQueued(new Verdict.Refuse(Reason.SERVICE_UNAVAILABLE, reply));
  }
}
