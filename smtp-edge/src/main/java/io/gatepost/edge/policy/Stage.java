package io.gatepost.edge.policy;

import java.util.Locale;

/// Where in a session something is refused.
public enum Stage {
  CONNECT,
  HELO,
  AUTH,
  MAIL,
  RCPT,
  DATA;

  /// The form in metrics and logs.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
