package io.gatepost.contract.envelope;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// Where a message's content is. Content is in wire form wherever it is kept: lines end in CRLF,
/// leading dots are doubled, the terminating `.` line is not part of it (requirement S2).
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ContentRef.Inline.class, name = "inline"),
  @JsonSubTypes.Type(value = ContentRef.Stored.class, name = "stored")
})
public sealed interface ContentRef {

  /// Octets in wire form.
  long octets();

  /// In the log record itself.
  record Inline(long octets) implements ContentRef {}

  /// In the content store, under the queue id of the message that brought it.
  ///
  /// @param sha256 of the octets, in lower-case hexadecimal; delivery checks it when it reads
  record Stored(QueueId key, long octets, String sha256) implements ContentRef {}
}
