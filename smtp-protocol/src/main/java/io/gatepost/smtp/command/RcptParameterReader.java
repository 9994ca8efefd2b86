package io.gatepost.smtp.command;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Xtext;
import io.gatepost.contract.reply.Replies;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The parameters of `RCPT`: NOTIFY and ORCPT (RFC 3461 §4.1, §4.2). Each at most once.
final class RcptParameterReader {

  /// RFC 3461 §4.2.
  private static final int MAX_ORCPT = 500;

  private RcptParameterReader() {}

  static Command read(ForwardPath recipient, List<String> words, AddressForm form) {
    if (words.isEmpty()) {
      return new Command.Rcpt(recipient, form, DsnParameters.OfRecipient.NONE);
    }
    Set<Notify> notifyOn = Set.of();
    Optional<String> original = Optional.empty();
    for (String word : words) {
      if (word.regionMatches(true, 0, "NOTIFY=", 0, 7)) {
        Optional<Set<Notify>> read = notifyOn.isEmpty() ? notifyOn(word, 7) : Optional.empty();
        if (read.isEmpty()) {
          return new Command.Malformed(Replies.SYNTAX);
        }
        notifyOn = read.get();
      } else if (word.regionMatches(true, 0, "ORCPT=", 0, 6)) {
        if (original.isPresent() || !isOriginalRecipient(word, 6)) {
          return new Command.Malformed(Replies.SYNTAX);
        }
        original = Optional.of(word.substring(6));
      } else {
        return new Command.Malformed(Replies.UNKNOWN_PARAMETER);
      }
    }
    return new Command.Rcpt(recipient, form, new DsnParameters.OfRecipient(notifyOn, original));
  }

  /// `NEVER`, or a list of the others; empty where it is neither.
  private static Optional<Set<Notify>> notifyOn(String word, int from) {
    EnumSet<Notify> read = EnumSet.noneOf(Notify.class);
    int start = from;
    while (start <= word.length()) {
      int comma = word.indexOf(',', start);
      int end = comma < 0 ? word.length() : comma;
      switch (word.substring(start, end).toUpperCase(Locale.ROOT)) {
        case "NEVER" -> read.add(Notify.NEVER);
        case "SUCCESS" -> read.add(Notify.SUCCESS);
        case "FAILURE" -> read.add(Notify.FAILURE);
        case "DELAY" -> read.add(Notify.DELAY);
        default -> {
          return Optional.empty();
        }
      }
      start = end + 1;
    }
    return read.contains(Notify.NEVER) && read.size() > 1 ? Optional.empty() : Optional.of(read);
  }

  /// An address type, a semicolon, an address in xtext. In a `utf-8` address characters may stand
  /// for themselves (RFC 6533 §3).
  private static boolean isOriginalRecipient(String word, int from) {
    int semicolon = word.indexOf(';', from);
    if (semicolon <= from || word.length() - from > MAX_ORCPT) {
      return false;
    }
    for (int i = from; i < semicolon; i++) {
      char c = word.charAt(i);
      boolean atom = c == '-' || c >= '0' && c <= '9' || (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
      if (!atom || c >= 0x7f) {
        return false;
      }
    }
    return word.regionMatches(true, from, "utf-8;", 0, 6)
        ? Xtext.isValid(asciiOnly(word, semicolon + 1), 0)
        : Xtext.isValid(word, semicolon + 1);
  }

  /// The address with a letter for each character beyond ASCII, for the check of the rest.
  private static String asciiOnly(String word, int from) {
    StringBuilder ascii = new StringBuilder(word.length() - from);
    for (int i = from; i < word.length(); i++) {
      char c = word.charAt(i);
      ascii.append(c >= 0xa0 ? 'x' : c);
    }
    return ascii.toString();
  }
}
