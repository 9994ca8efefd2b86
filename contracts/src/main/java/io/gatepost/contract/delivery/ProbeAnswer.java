package io.gatepost.contract.delivery;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;

/// A next hop's answer to a probe (requirement D3). Replies are the host's own words, unchanged:
/// whoever passes them on cleans them.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ProbeAnswer.OfRecipient.class, name = "of-recipient"),
  @JsonSubTypes.Type(value = ProbeAnswer.OfHost.class, name = "of-host"),
  @JsonSubTypes.Type(value = ProbeAnswer.NotAsked.class, name = "not-asked")
})
public sealed interface ProbeAnswer {

  /// The answer to RCPT, whatever its code: it is about the recipient.
  record OfRecipient(NextHop hop, Reply reply) implements ProbeAnswer {}

  /// The host refused before RCPT: it says nothing about the recipient.
  ///
  /// @param stage what it refused
  /// @param reply a 4xx or 5xx
  record OfHost(NextHop hop, Stage stage, Reply reply) implements ProbeAnswer {}

  /// No host could be asked: none can be reached, or the limits for probes are used up.
  ///
  /// @param reply a 4xx of ours
  record NotAsked(Reason reason, Reply reply) implements ProbeAnswer {}

  /// Where in its dialogue a host refused.
  enum Stage {
    GREETING,
    /// Every hop said in its greeting that it takes no mail: 521, or 554 (RFC 7504 §3).
    NO_MAIL,
    EHLO,
    /// STARTTLS, or AUTH with a smart host.
    SECURITY,
    MAIL,
    /// The connection was lost after MAIL and before the answer to RCPT.
    LOST
  }
}
