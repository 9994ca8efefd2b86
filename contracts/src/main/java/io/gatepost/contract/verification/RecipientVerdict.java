package io.gatepost.contract.verification;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;

/// Verdict on a recipient.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RecipientVerdict.Good.class, name = "good"),
  @JsonSubTypes.Type(value = RecipientVerdict.Unproven.class, name = "unproven"),
  @JsonSubTypes.Type(value = RecipientVerdict.Bad.class, name = "bad"),
  @JsonSubTypes.Type(value = RecipientVerdict.Unknown.class, name = "unknown")
})
public sealed interface RecipientVerdict {

  /// Mail for it can be delivered.
  record Good() implements RecipientVerdict {}

  /// Mail for it is accepted, though nobody has said that the address is good.
  record Unproven(Doubt doubt) implements RecipientVerdict {}

  /// Why an accepted address is not known to be good.
  enum Doubt {
    /// Its next hop accepts every address at RCPT (requirement D15).
    ACCEPTS_ALL,
    /// Its next hop has not answered in time or cannot be asked, and the domain accepts such mail
    /// (requirement D8), or the client is one of ours.
    LATE
  }

  /// It cannot, for good; the reply is a 5xx.
  record Bad(Reason reason, Reply reply) implements RecipientVerdict {}

  /// It cannot be told now; the reply is a 4xx.
  record Unknown(Reason reason, Reply reply) implements RecipientVerdict {}
}
