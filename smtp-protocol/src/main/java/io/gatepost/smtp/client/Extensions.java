package io.gatepost.smtp.client;

import io.gatepost.contract.reply.Reply;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Extensions that a host offers in its answer to EHLO.
///
/// @param keywords the extensions that we use
/// @param maxOctets the largest message the host takes (RFC 1870); 0 where it does not say
/// @param mechanisms of AUTH, in capitals (RFC 4954)
/// @param maxMails mail transactions a session (RFC 9422 MAILMAX); 0 where it does not say
/// @param maxRecipients a transaction (RFC 9422 RCPTMAX); 0 where it does not say
public record Extensions(
    Set<Keyword> keywords,
    long maxOctets,
    Set<String> mechanisms,
    int maxMails,
    int maxRecipients) {

  /// A host that speaks only HELO.
  public static final Extensions NONE = new Extensions(Set.of(), 0, Set.of(), 0, 0);

  /// The extensions that we use.
  public enum Keyword {
    /// RFC 2920.
    PIPELINING,
    /// RFC 1870.
    SIZE,
    /// RFC 6152.
    EIGHT_BIT_MIME,
    /// RFC 6531.
    SMTPUTF8,
    /// RFC 3030.
    CHUNKING,
    /// RFC 3030 §3.
    BINARY_MIME,
    /// RFC 3461.
    DSN,
    /// RFC 3207.
    STARTTLS
  }

  public boolean offers(Keyword keyword) {
    return keywords.contains(keyword);
  }

  /// Reads the lines after the first (RFC 5321 §4.1.1.1). What is unknown or odd is not offered.
  public static Extensions of(Reply ehlo) {
    Reading reading = new Reading();
    List<String> lines = ehlo.lines();
    for (String line : lines.subList(1, lines.size())) {
      reading.line(line.strip().toUpperCase(Locale.ROOT).split("[ =]+"));
    }
    return reading.read();
  }

  private static final class Reading {
    private final EnumSet<Keyword> keywords = EnumSet.noneOf(Keyword.class);
    private final Set<String> mechanisms = new HashSet<>();
    private long maxOctets;
    private int maxMails;
    private int maxRecipients;

    void line(String[] words) {
      switch (words[0]) {
        case "PIPELINING" -> keywords.add(Keyword.PIPELINING);
        case "8BITMIME" -> keywords.add(Keyword.EIGHT_BIT_MIME);
        case "SMTPUTF8" -> keywords.add(Keyword.SMTPUTF8);
        case "CHUNKING" -> keywords.add(Keyword.CHUNKING);
        case "BINARYMIME" -> keywords.add(Keyword.BINARY_MIME);
        case "DSN" -> keywords.add(Keyword.DSN);
        case "STARTTLS" -> keywords.add(Keyword.STARTTLS);
        case "SIZE" -> {
          keywords.add(Keyword.SIZE);
          maxOctets = words.length > 1 ? number(words[1], 18) : 0;
        }
        case "AUTH" -> { // `AUTH=` is how hosts from before RFC 2554 say it
          for (int i = 1; i < words.length; i++) {
            mechanisms.add(words[i]);
          }
        }
        case "LIMITS" -> limits(words);
        default -> {} // not one that we use
      }
    }

    private void limits(String[] words) {
      for (int i = 1; i + 1 < words.length; i += 2) {
        int limit = (int) number(words[i + 1], 6); // RFC 9422 §4: at most six digits
        switch (words[i]) {
          case "MAILMAX" -> maxMails = limit;
          case "RCPTMAX" -> maxRecipients = limit;
          default -> {} // RCPTDOMAINMAX: a transaction of ours has one domain or one smart host
        }
      }
    }

    Extensions read() {
      return new Extensions(
          Collections.unmodifiableSet(keywords),
          maxOctets,
          Set.copyOf(mechanisms),
          maxMails,
          maxRecipients);
    }

    private static long number(String digits, int maxDigits) {
      if (digits.isEmpty() || digits.length() > maxDigits) {
        return 0;
      }
      for (int i = 0; i < digits.length(); i++) {
        if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
          return 0;
        }
      }
      return Long.parseLong(digits);
    }
  }
}
