package io.gatepost.contract.verification;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;

/// The verdict on a stranger's sender address.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ReversePathVerdict.Routable.class, name = "routable"),
  @JsonSubTypes.Type(value = ReversePathVerdict.Bad.class, name = "bad"),
  @JsonSubTypes.Type(value = ReversePathVerdict.Unknown.class, name = "unknown")
})
public sealed interface ReversePathVerdict {

  /// Mail can be sent back to it.
  record Routable() implements ReversePathVerdict {}

  /// It cannot, for good; the reply is a 5xx.
  record Bad(Reason reason, Reply reply) implements ReversePathVerdict {}

  /// It cannot be told now; the reply is a 4xx.
  record Unknown(Reason reason, Reply reply) implements ReversePathVerdict {}
}
