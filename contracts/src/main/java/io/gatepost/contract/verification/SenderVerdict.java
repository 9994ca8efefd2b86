package io.gatepost.contract.verification;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;

/// The verdict on a sender that an authenticated user names.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SenderVerdict.Permitted.class, name = "permitted"),
  @JsonSubTypes.Type(value = SenderVerdict.NotOwn.class, name = "not-own"),
  @JsonSubTypes.Type(value = SenderVerdict.Unknown.class, name = "unknown")
})
public sealed interface SenderVerdict {

  /// It is the user's own, or a table permits it.
  record Permitted() implements SenderVerdict {}

  /// It is not; the reply is a 5xx.
  record NotOwn(Reason reason, Reply reply) implements SenderVerdict {}

  /// It cannot be told now; the reply is a 4xx.
  record Unknown(Reason reason, Reply reply) implements SenderVerdict {}
}
