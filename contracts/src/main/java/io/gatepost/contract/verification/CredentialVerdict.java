package io.gatepost.contract.verification;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;

/// Verdict on a client's credentials.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CredentialVerdict.Accepted.class, name = "accepted"),
  @JsonSubTypes.Type(value = CredentialVerdict.Refused.class, name = "refused")
})
public sealed interface CredentialVerdict {

  /// It is who it says.
  ///
  /// @param serverSignature the server's own proof in base64 (RFC 5802 §3); empty for a password
  record Accepted(String user, String serverSignature) implements CredentialVerdict {}

  /// It is not, or that cannot be told now.
  ///
  /// @param reply a 5xx where it is not, else a 4xx
  record Refused(Reason reason, Reply reply) implements CredentialVerdict {}
}
