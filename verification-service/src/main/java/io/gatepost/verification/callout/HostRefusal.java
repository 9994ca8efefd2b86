package io.gatepost.verification.callout;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;
import java.time.Instant;

/// A host refused before it could be asked about a recipient. That is no answer about the
/// recipient.
///
/// @param stage what it refused
/// @param reply its own words, abridged to [Answer#MAX_TEXT] characters
/// @param domain the domain that it was asked about
/// @param scope what the refusal says
/// @param at when it was asked
public record HostRefusal(
    NextHop hop, Stage stage, Reply reply, DomainName domain, Scope scope, Instant at) {

  /// Reach of a refusal within the domain.
  public enum Scope {
    /// This host, for now.
    HOST,
    /// Every exchanger says 521: the domain takes no mail (RFC 7504 §3).
    DOMAIN
  }

  public HostRefusal {
    reply = reply.abridged(Answer.MAX_TEXT);
  }

  /// Whether this is a refusal of a sender for good.
  boolean isOfSender() {
    return stage == Stage.MAIL && reply.code().isPermanent();
  }
}
