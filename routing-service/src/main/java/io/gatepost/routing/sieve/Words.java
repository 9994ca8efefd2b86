package io.gatepost.routing.sieve;

import java.util.Map;
import java.util.Optional;

/// The commands and tests that are left to delivery, and the extension that each is part of; empty
/// for those of the language itself.
final class Words {

  static final Map<String, Optional<String>> CONTENT_TESTS =
      Map.ofEntries(
          Map.entry("address", Optional.empty()),
          Map.entry("exists", Optional.empty()),
          Map.entry("header", Optional.empty()),
          Map.entry("size", Optional.empty()),
          extension("body", "body"),
          extension("date", "date"),
          extension("currentdate", "date"),
          extension("duplicate", "duplicate"),
          extension("environment", "environment"),
          extension("hasflag", Extensions.IMAP4FLAGS),
          extension("mailboxexists", "mailbox"),
          extension("mailboxidexists", "mailboxid"),
          extension("metadata", "mboxmetadata"),
          extension("metadataexists", "mboxmetadata"),
          extension("servermetadata", "servermetadata"),
          extension("servermetadataexists", "servermetadata"),
          extension("notify_method_capability", Extensions.ENOTIFY),
          extension("valid_notify_method", Extensions.ENOTIFY),
          extension("specialuse_exists", "special-use"),
          extension("spamtest", "spamtest"),
          extension("virustest", "virustest"));

  static final Map<String, String> CONTENT_ACTIONS =
      Map.of(
          "addflag", Extensions.IMAP4FLAGS,
          "setflag", Extensions.IMAP4FLAGS,
          "removeflag", Extensions.IMAP4FLAGS,
          "addheader", "editheader",
          "deleteheader", "editheader",
          "notify", Extensions.ENOTIFY,
          "vacation", "vacation");

  private Words() {}

  private static Map.Entry<String, Optional<String>> extension(String name, String extension) {
    return Map.entry(name, Optional.of(extension));
  }
}
