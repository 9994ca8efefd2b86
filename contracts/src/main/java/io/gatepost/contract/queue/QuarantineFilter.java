package io.gatepost.contract.queue;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import java.time.Instant;
import java.util.Optional;

/// Conditions that messages in the quarantine have to meet, all of those that are there. Addresses
/// and findings are compared without regard to case.
///
/// @param sender the null reverse-path finds notices
/// @param recipient one of the recipients
/// @param recipientDomain the domain of one of those
/// @param finding a part of the words of the finding
/// @param arrivedBefore finds what came in before then
public record QuarantineFilter(
    Optional<ReversePath> sender,
    Optional<DomainName> senderDomain,
    Optional<ForwardPath> recipient,
    Optional<DomainName> recipientDomain,
    Optional<String> finding,
    Optional<Instant> arrivedBefore) {

  /// Every message in the quarantine.
  public static final QuarantineFilter ALL =
      new QuarantineFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
}
