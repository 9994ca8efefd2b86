package io.gatepost.contract.scanning;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.gatepost.contract.reply.Reply;

/// What the scanners say of a message.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ScanVerdict.Clean.class, name = "clean"),
  @JsonSubTypes.Type(value = ScanVerdict.Rejected.class, name = "rejected")
})
public sealed interface ScanVerdict {

  /// Nothing found.
  record Clean() implements ScanVerdict {}

  /// Must not be accepted.
  ///
  /// @param finding what was found, for the log
  /// @param reply a 5xx for the client
  record Rejected(String finding, Reply reply) implements ScanVerdict {}
}
