package io.gatepost.contract.scanning;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;

/// Decision on a message, all scanners taken together.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ScanDecision.Accept.class, name = "accept"),
  @JsonSubTypes.Type(value = ScanDecision.AcceptChanged.class, name = "accept-changed"),
  @JsonSubTypes.Type(value = ScanDecision.Refuse.class, name = "refuse"),
  @JsonSubTypes.Type(value = ScanDecision.TryLater.class, name = "try-later"),
  @JsonSubTypes.Type(value = ScanDecision.Quarantine.class, name = "quarantine"),
  @JsonSubTypes.Type(value = ScanDecision.Owe.class, name = "owe")
})
public sealed interface ScanDecision {

  /// Nothing to accept against.
  ///
  /// @param edits changes of the header that the scanners ask for, marks among them
  record Accept(HeaderEdits edits) implements ScanDecision {}

  /// Nothing to accept against, with another body (requirement E31). The content is there only
  /// where a client waits ([ScanTerms.Moment#ONLINE]).
  ///
  /// @param edits as of [Accept]
  /// @param content takes the place of the message's; the edits are made of its header
  record AcceptChanged(HeaderEdits edits, Replacement content) implements ScanDecision {}

  /// Must not be accepted.
  ///
  /// @param finding what was found, for the log
  /// @param reply a 5xx for the client; with any other code a client would lose the message, or
  ///   send it again
  record Refuse(String finding, Reply reply) implements ScanDecision {
    public Refuse {
      if (!reply.code().isPermanent()) {
        throw new IllegalArgumentException("refuse: " + reply + " (expected: 5xx)");
      }
    }
  }

  /// Cannot be accepted now.
  ///
  /// @param finding why, for the log
  /// @param reply a 4xx for the client
  record TryLater(Reason reason, String finding, Reply reply) implements ScanDecision {
    public TryLater {
      if (reply.code().isPositive() || reply.code().isPermanent()) {
        throw new IllegalArgumentException("try later: " + reply + " (expected: 4xx)");
      }
    }
  }

  /// Is to be accepted and put aside: nobody gets it unless an operator releases it.
  ///
  /// @param finding why
  /// @param edits for those who get it then
  record Quarantine(String finding, HeaderEdits edits) implements ScanDecision {}

  /// May be accepted unscanned, as the settings allow it for its sender, and is to be scanned
  /// before its first attempt (requirement E20).
  ///
  /// @param finding why it is not scanned now
  record Owe(String finding) implements ScanDecision {}

  /// Nothing found, nothing to change.
  ScanDecision CLEAN = new Accept(HeaderEdits.NONE);
}
