package io.gatepost.routing.check;

import java.util.Locale;

/// A mistake in the sources of addresses, or what looks like one.
///
/// @param where file and line, file and key of a cdb, or a key of the settings
/// @param what is wrong, for people
/// @param advice what to do about it, for people
public record Finding(Severity severity, Kind kind, String where, String what, String advice) {

  /// How bad it is.
  public enum Severity {
    /// Mail is refused or waits that should not.
    ERROR,
    /// Mail may go another way than it was meant to.
    WARNING;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The kinds of findings.
  public enum Kind {
    /// A file cannot be read, or a line of it cannot be used.
    UNUSABLE,
    /// Rewriting goes round in circles, too deep or too wide.
    LOOP,
    /// No address ever comes to the entry.
    DEAD_RULE,
    /// An earlier router answers for every address of the key.
    SHADOWED_KEY,
    /// An address is accepted by an entry and refused where the entry leads.
    LEADS_NOWHERE,
    /// A local domain without an address.
    UNSERVED_DOMAIN,
    /// A host by a name that is none.
    ODD_HOST,
    /// A reply code that clients do not expect after `RCPT`.
    ODD_REPLY,
    /// Addresses count as good without a word of those who know them (requirement D16).
    OVER_ESTIMATE,
    /// A user's script that is skipped: its mail is kept.
    BROKEN_SCRIPT;

    /// The name in output, such as `shadowed-key`.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static Finding error(Kind kind, String where, String what, String advice) {
    return new Finding(Severity.ERROR, kind, where, what, advice);
  }

  static Finding warning(Kind kind, String where, String what, String advice) {
    return new Finding(Severity.WARNING, kind, where, what, advice);
  }

  /// A user's script that is skipped.
  ///
  /// @param where file, and line where it is known
  public static Finding brokenScript(String where, String what) {
    return warning(
        Kind.BROKEN_SCRIPT, where, what, "tell its user: the script is skipped, mail is kept");
  }

  /// A file among the users' scripts that no mailbox has.
  public static Finding unusedScript(String where, String what) {
    return warning(
        Kind.DEAD_RULE,
        where,
        what,
        "name it DOMAIN/USER.sieve, in lower case, domains as A-labels");
  }

  /// A table that was refused when it was read.
  ///
  /// @param refusal names place, value and what is expected
  public static Finding unusable(String place, String refusal) {
    return error(Kind.UNUSABLE, place, refusal, "mend it: Gatepost does not start with it");
  }
}
