package io.gatepost.smtp.client;

import io.gatepost.contract.reply.Reply;
import java.util.Locale;

/// What a host offered in its answer to EHLO.
///
/// @param pipelining RFC 2920
/// @param size whether `SIZE=` may be sent (RFC 1870)
/// @param maxOctets the largest message the host takes; 0 where it does not say
/// @param eightBitMime RFC 6152
public record Extensions(boolean pipelining, boolean size, long maxOctets, boolean eightBitMime) {

  /// A host that speaks only HELO.
  public static final Extensions NONE = new Extensions(false, false, 0, false);

  /// Reads the lines after the first (RFC 5321 §4.1.1.1). What is unknown or odd is not offered.
  public static Extensions of(Reply ehlo) {
    boolean pipelining = false;
    boolean size = false;
    boolean eightBitMime = false;
    long maxOctets = 0;
    for (String line : ehlo.lines().subList(1, ehlo.lines().size())) {
      String[] words = line.strip().toUpperCase(Locale.ROOT).split(" +", 3);
      switch (words[0]) {
        case "PIPELINING" -> pipelining = true;
        case "8BITMIME" -> eightBitMime = true;
        case "SIZE" -> {
          size = true;
          maxOctets = words.length > 1 ? octets(words[1]) : 0;
        }
        default -> {} // not one that we use
      }
    }
    return new Extensions(pipelining, size, maxOctets, eightBitMime);
  }

  private static long octets(String digits) {
    return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : 0;
  }
}
