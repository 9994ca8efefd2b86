package io.gatepost.delivery.late;

import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;

/// Verdict of a late scan.
public sealed interface LateVerdict {

  /// The message may be delivered.
  ///
  /// @param edits changes of its header that the scanners ask for
  record Clear(HeaderEdits edits) implements LateVerdict {}

  /// It must not be delivered.
  ///
  /// @param reply a 5xx, as a client would have got it
  record Refused(Finding finding, Reply reply) implements LateVerdict {}

  /// It is to be put aside.
  ///
  /// @param edits for those to whom an operator releases it
  record Aside(Finding finding, HeaderEdits edits) implements LateVerdict {}

  /// It still owes its scan.
  ///
  /// @param reply a 4xx that says why
  /// @param scope whether others have to wait as well
  record Later(Reason reason, Reply reply, Scope scope) implements LateVerdict {}

  /// The messages that have to wait for their scans.
  enum Scope {
    /// That of this message.
    MESSAGE,
    /// All: the scanners are busy or away.
    ALL
  }
}
