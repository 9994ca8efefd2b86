package io.gatepost.routing.sieve;

import java.util.Optional;
import java.util.Set;

/// The extensions that a script may require. Those that the envelope decides are interpreted here;
/// of the others it is known which commands and tests they have, and these are left to delivery.
final class Extensions {

  static final String VARIABLES = "variables";
  static final String ENCODED_CHARACTER = "encoded-character";
  static final String ENVELOPE = "envelope";
  static final String SUBADDRESS = "subaddress";
  static final String RELATIONAL = "relational";
  static final String REGEX = "regex";
  static final String COPY = "copy";
  static final String REJECT = "reject";
  static final String EREJECT = "ereject";
  static final String FILEINTO = "fileinto";
  static final String IMAP4FLAGS = "imap4flags";
  static final String IHAVE = "ihave";
  static final String ENOTIFY = "enotify";

  /// Not needed by scripts, as every implementation has it (RFC 5228 §2.7.3).
  static final Set<String> BUILT_IN = Set.of("comparator-i;octet", "comparator-i;ascii-casemap");

  static final String COMPARATOR_NUMERIC = "comparator-i;ascii-numeric";

  private static final Set<String> BY_THE_ENVELOPE =
      Set.of(
          VARIABLES,
          ENCODED_CHARACTER,
          ENVELOPE,
          SUBADDRESS,
          RELATIONAL,
          REGEX,
          COPY,
          REJECT,
          EREJECT,
          IHAVE,
          COMPARATOR_NUMERIC);

  private static final Set<String> BY_DELIVERY =
      Set.of(
          FILEINTO,
          IMAP4FLAGS,
          ENOTIFY,
          "body",
          "date",
          "duplicate",
          "editheader",
          "environment",
          "fcc",
          "index",
          "mailbox",
          "mailboxid",
          "mboxmetadata",
          "servermetadata",
          "spamtest",
          "spamtestplus",
          "special-use",
          "vacation",
          "vacation-seconds",
          "virustest");

  private Extensions() {}

  /// The extension that another one brings with it.
  static Optional<String> includedIn(String name) {
    return switch (name) {
      case "vacation-seconds" -> Optional.of("vacation");
      case "spamtestplus" -> Optional.of("spamtest");
      default -> Optional.empty();
    };
  }

  static boolean has(String name) {
    return BY_THE_ENVELOPE.contains(name) || BY_DELIVERY.contains(name) || BUILT_IN.contains(name);
  }
}
