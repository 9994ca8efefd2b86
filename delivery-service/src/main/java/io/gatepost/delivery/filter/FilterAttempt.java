package io.gatepost.delivery.filter;

import io.gatepost.contract.delivery.FilterAnswer;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.delivery.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One message on its way to a filter: for all recipients in one transaction, or for none, as what
/// comes back is one message. Safe for all threads.
final class FilterAttempt implements Transport.Receiver {

  private static final Reply PARTLY =
      Reply.of(451, "4.3.5", "The filter does not take the message for all recipients");
  private static final Reply NOT_IN_TIME =
      Reply.of(451, "4.4.2", "The filter did not come to the message in time");

  private final CompletableFuture<FilterAnswer> answer = new CompletableFuture<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final List<RecipientOutcome> outcomes = new ArrayList<>();
  private final int recipients;
  private Transport.@Nullable Prepared gone;
  private volatile boolean isBrokenOff; // written under the lock

  /// @param recipients of the message
  FilterAttempt(int recipients) {
    this.recipients = recipients;
  }

  /// The filter's answer; completes once.
  CompletableFuture<FilterAnswer> answer() {
    return answer;
  }

  /// Completes once nothing of it is under way.
  CompletableFuture<Void> end() {
    return end;
  }

  @Override
  public boolean isWanted() {
    return !isBrokenOff;
  }

  @Override
  public void prepared(Transport.Prepared part) {
    boolean goes;
    synchronized (this) {
      goes = !isBrokenOff && part.recipients().size() == recipients && part.refused().isEmpty();
      if (goes) {
        gone = part;
      } else {
        isBrokenOff = true;
      }
    }
    if (goes) {
      part.go();
      return;
    }
    answer.complete(partly(part.refused()));
    part.abandon();
  }

  @Override
  public void accept(List<RecipientOutcome> ended) {
    FilterAnswer said = null;
    synchronized (this) {
      outcomes.addAll(ended);
      if (outcomes.size() == recipients) {
        said = atEnd();
      }
    }
    if (said != null) {
      answer.complete(said);
      end.complete(null);
    }
  }

  /// The client can wait no longer.
  void budgetIsOver() {
    answer.complete(breakOff() ? new FilterAnswer.Away(NOT_IN_TIME) : new FilterAnswer.Silent());
  }

  /// Ends it where the filter has not got the message.
  ///
  /// @return false where it may have
  synchronized boolean breakOff() {
    if (gone == null) {
      isBrokenOff = true;
    }
    return isBrokenOff;
  }

  private FilterAnswer atEnd() {
    if (outcomes.stream().allMatch(RecipientOutcome::isServed)) {
      return new FilterAnswer.Taken(reply(outcomes.getFirst()));
    }
    if (outcomes.stream().allMatch(RecipientOutcome.Failed.class::isInstance)) {
      return new FilterAnswer.Refused(reply(outcomes.getFirst()));
    }
    if (outcomes.stream().anyMatch(FilterAttempt::isUnanswered)) {
      return new FilterAnswer.Silent();
    }
    Optional<RecipientOutcome> put =
        outcomes.stream().filter(RecipientOutcome.Deferred.class::isInstance).findFirst();
    Reply later = put.map(FilterAttempt::reply).orElse(PARTLY);
    return gone == null && outcomes.stream().allMatch(FilterAttempt::isUnreached)
        ? new FilterAnswer.Away(later)
        : new FilterAnswer.TryLater(later);
  }

  private static FilterAnswer partly(List<RecipientOutcome> refused) {
    return new FilterAnswer.TryLater(
        refused.stream()
            .filter(RecipientOutcome.Deferred.class::isInstance)
            .findFirst()
            .map(FilterAttempt::reply)
            .orElse(PARTLY));
  }

  private static boolean isUnanswered(RecipientOutcome outcome) {
    return outcome instanceof RecipientOutcome.Deferred(_, var reason, _)
        && reason == Reason.FINAL_DOT_UNANSWERED;
  }

  private static boolean isUnreached(RecipientOutcome outcome) {
    return outcome instanceof RecipientOutcome.Deferred(_, var reason, _)
        && switch (reason) {
          case UNREACHABLE, CONNECTION_LOST, DESTINATION_BUSY -> true;
          default -> false;
        };
  }

  private static Reply reply(RecipientOutcome outcome) {
    return switch (outcome) {
      case RecipientOutcome.Delivered(_, _, var reply, _) -> reply;
      case RecipientOutcome.Failed(_, _, var reply) -> reply;
      case RecipientOutcome.Deferred(_, _, var reply) -> reply;
      case RecipientOutcome.Discarded _ -> PARTLY; // no filter discards by itself
    };
  }
}
