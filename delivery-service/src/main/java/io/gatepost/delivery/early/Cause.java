package io.gatepost.delivery.early;

import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import java.util.Collection;
import java.util.Locale;

/// Why an attempt came to the result that it came to, for metrics and logs.
enum Cause {
  /// There is nothing to say.
  NONE,
  /// The client can wait no longer.
  BUDGET,
  /// A next hop puts the message off.
  DEFERRED,
  /// A next hop refuses some of the recipients.
  REFUSED,
  /// A next hop got the whole message and never answered (RFC 1047).
  UNANSWERED,
  /// The client has gone, or the log cannot be written.
  WITHDRAWN;

  /// Why a message goes on after an attempt.
  static Cause of(Collection<RecipientOutcome> outcomes) {
    if (outcomes.stream().anyMatch(Cause::isUnanswered)) {
      return UNANSWERED;
    }
    return outcomes.stream().anyMatch(RecipientOutcome.Deferred.class::isInstance)
        ? DEFERRED
        : REFUSED;
  }

  /// Whether nobody knows if a recipient has its copy.
  private static boolean isUnanswered(RecipientOutcome outcome) {
    return outcome instanceof RecipientOutcome.Deferred(var _, var reason, var _)
        && reason == Reason.FINAL_DOT_UNANSWERED;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
