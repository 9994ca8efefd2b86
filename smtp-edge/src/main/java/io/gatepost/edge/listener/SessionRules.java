package io.gatepost.edge.listener;

import io.gatepost.edge.policy.Networks;
import io.gatepost.edge.session.SessionBudget;
import java.time.Duration;

/// What the settings say of every session.
///
/// @param hostname what this host calls itself
/// @param budget after how many errors, unknown commands and messages a session ends
/// @param timeouts how long each phase may take
/// @param peers whose networks are treated in their own ways
public record SessionRules(
    String hostname, SessionBudget.Bounds budget, Timeouts timeouts, Peers peers) {

  /// @param command until the next command is complete (RFC 5321 §4.5.3.2.7: at least 5 minutes)
  /// @param data until the next octets of content (RFC 5321 §4.5.3.2.5: 3 minutes)
  /// @param session a whole session
  /// @param greetPause before the greeting, for strangers on the MX listener (requirement B1)
  /// @param credentials until verification has answered AUTH
  public record Timeouts(
      Duration command,
      Duration data,
      Duration session,
      Duration greetPause,
      Duration credentials) {}

  /// @param relay whose clients may send anywhere
  /// @param xclient who may say for whom they speak
  /// @param proxy who begin with a PROXY header
  public record Peers(Networks relay, Networks xclient, Networks proxy) {}
}
