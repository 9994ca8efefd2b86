package io.gatepost.verification.callout;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.Destination;
import io.gatepost.verification.callout.CalloutRule.ProbeSender;
import java.util.List;
import java.util.Optional;

/// Is an address good at its next hop, for a sender?
///
/// @param named the address that the client has named
/// @param address the one that routing has come to
/// @param recipient as the next hop is given it
/// @param sender the client's
public record Question(
    Destination.Smtp destination,
    ForwardPath named,
    ForwardPath address,
    ForwardPath recipient,
    ReversePath sender,
    CalloutRule rule) {

  private static final ReversePath NULL = new ReversePath.Null();

  /// The senders that it may be asked by, in order.
  public List<ReversePath> senders() {
    return first().equals(sender) ? List.of(sender) : List.of(first(), sender);
  }

  /// Returns what the next hop is asked with a sender.
  public AnswerKey key(ReversePath asked) {
    return new AnswerKey(destination.name(), recipient, asked);
  }

  /// Where a refusal of the host is kept.
  public HostKey host() {
    return new HostKey(destination.name(), Optional.empty());
  }

  /// Where the host's refusal of a sender is kept.
  public HostKey host(ReversePath asked) {
    return new HostKey(destination.name(), Optional.of(asked));
  }

  /// The sender to ask by first.
  ReversePath first() {
    return rule.sender() == ProbeSender.SENDER ? sender : NULL;
  }
}
