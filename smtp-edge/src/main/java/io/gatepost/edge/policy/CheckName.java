package io.gatepost.edge.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The names of the checks, as settings, metrics, the log and `./gatepost policy show` write them:
/// `helo-syntax`. Their order is in [StandardPolicy].
public enum CheckName {
  BAN(Stage.CONNECT, Switching.FREE),
  CONNECTION_LIMIT(Stage.CONNECT, Switching.LIMIT),
  HELO_SYNTAX(Stage.HELO, Switching.FREE),
  HELO_SIGNATURE(Stage.HELO, Switching.FREE),
  MESSAGE_RATE(Stage.MAIL, Switching.FREE),
  SENDER_OWNED(Stage.MAIL, Switching.FREE),
  SENDER_DOMAIN(Stage.MAIL, Switching.FREE),
  RECIPIENT_LIMIT(Stage.RCPT, Switching.FIXED),
  DNS_LISTS(Stage.RCPT, Switching.FREE),
  RECIPIENT_VERIFIED(Stage.RCPT, Switching.FIXED);

  private final Stage stage;
  private final Switching switching;

  /// How far an operator may take a check out of force.
  enum Switching {
    /// It can warn only, and clients can be exempt.
    FREE,
    /// It protects the process, and never warns only. Clients can be exempt from what it allows
    /// each of them, which it sees to itself.
    LIMIT,
    /// Neither: it protects the process, or keeps strangers from relaying.
    FIXED
  }

  CheckName(Stage stage, Switching switching) {
    this.stage = stage;
    this.switching = switching;
  }

  /// The check of a label; empty where it is none of ours.
  public static Optional<CheckName> ofLabel(String label) {
    return Arrays.stream(values()).filter(each -> each.label().equals(label)).findFirst();
  }

  /// The form in settings, metrics and logs: `helo-syntax`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Where in a session it judges.
  public Stage stage() {
    return stage;
  }

  /// Whether it can be told to warn only.
  boolean mayWarnOnly() {
    return switching == Switching.FREE;
  }

  /// Whether a client, sender or recipient can be exempt from it.
  boolean mayBeExempt() {
    return switching != Switching.FIXED;
  }

  /// Whether it is passed over for those who are exempt.
  boolean isPassedOverWhereExempt() {
    return switching == Switching.FREE;
  }
}
