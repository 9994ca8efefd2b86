package io.gatepost.edge.dialogue;

import io.gatepost.edge.session.SessionBudget;
import java.time.Duration;

/// The settings of every dialogue.
///
/// @param budget after how many errors, unknown commands and messages a session ends
/// @param loggedRefusals how many refusals of a stranger's session have a line each in the log
/// @param timeouts how long each phase may take
public record DialogueRules(SessionBudget.Bounds budget, int loggedRefusals, Timeouts timeouts) {

  /// @param command until the next command is complete (RFC 5321 §4.5.3.2.7: at least 5 minutes)
  /// @param data until the next octets of content (RFC 5321 §4.5.3.2.5: 3 minutes)
  /// @param credentials until verification has answered AUTH
  public record Timeouts(Duration command, Duration data, Duration credentials) {}
}
