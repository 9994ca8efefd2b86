package io.gatepost.contract.queue;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import java.time.Instant;
import java.util.Optional;

/// Conditions that deferred messages have to meet, all of those that are there. Addresses are
/// compared without regard to case.
///
/// @param sender the null reverse-path finds notices
/// @param recipient one of those still to be served
/// @param recipientDomain the domain of one of those
/// @param destination the next hop that the whole message waits for, as `destinations` names it:
///   known where that could not be reached or was busy
/// @param reason why the last attempt failed, for the recipient that the last reply is about
/// @param arrivedBefore finds what has waited since before then
/// @param dueBefore finds what is tried again before then
public record QueueFilter(
    Optional<ReversePath> sender,
    Optional<DomainName> senderDomain,
    Optional<ForwardPath> recipient,
    Optional<DomainName> recipientDomain,
    Optional<String> destination,
    Optional<Reason> reason,
    Optional<Instant> arrivedBefore,
    Optional<Instant> dueBefore) {

  /// Every deferred message.
  public static final QueueFilter ALL =
      new QueueFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
}
