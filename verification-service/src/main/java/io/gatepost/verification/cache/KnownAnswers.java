package io.gatepost.verification.cache;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.verification.VerificationOperator.Forgotten;
import io.gatepost.verification.callout.Subject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Everything that is known of next hops, for the operator.
///
/// @param recipients answers about recipients
/// @param senders answers about senders
/// @param keeper of those that outlive the process; empty for none
public record KnownAnswers(
    CalloutCache recipients,
    CalloutCache senders,
    Cutoffs cutoffs,
    Optional<AnswerKeeper> keeper,
    InstantSource clock) {

  /// Forgets what was asked before, in memory at once and in the store. Blocks.
  public Forgotten forget(Subject subject) {
    Instant now = clock.instant();
    cutoffs.forget(subject, now); // first: from now on nothing older is used
    int answers = recipients.forget(subject) + senders.forget(subject);
    return new Forgotten(answers, keeper.map(keeps -> keeps.forget(subject, now)).orElse(true));
  }

  /// Whether a destination is known to accept every address of a domain.
  public boolean acceptsAll(String destination, DomainName domain) {
    return recipients.acceptsAll(destination, domain);
  }
}
