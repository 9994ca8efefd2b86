package io.gatepost.edge.policy;

import io.gatepost.contract.reply.Reason;

/// Something that a check has against a client, sender or recipient that goes on all the same.
public sealed interface Note {

  /// The check that says so.
  CheckName check();

  /// The reason, as log and metric name it.
  Reason reason();

  /// The message is marked.
  ///
  /// @param text for people and their filters, such as the list that has the client
  record Marked(CheckName check, Reason reason, String text) implements Note {}

  /// It would have been refused, by a check that warns only.
  ///
  /// @param refusal what the client would have been told
  record Warned(CheckName check, Verdict.Refuse refusal) implements Note {
    @Override
    public Reason reason() {
      return refusal.reason();
    }
  }
}
