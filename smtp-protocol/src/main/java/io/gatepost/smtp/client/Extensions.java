package io.gatepost.smtp.client;

import io.gatepost.contract.reply.Reply;
import java.util.Locale;

/// What a server said in its answer to EHLO.
public record Extensions(boolean pipelining, boolean size, boolean eightBitMime) {

  /// A server that knows HELO only.
  public static final Extensions NONE = new Extensions(false, false, false);

  /// Reads the answer to EHLO; the first line is the server's name (RFC 5321 §4.1.1.1).
  public static Extensions of(Reply ehlo) {
    boolean pipelining = false;
    boolean size = false;
    boolean eightBitMime = false;
    for (String line : ehlo.lines().subList(1, ehlo.lines().size())) {
      switch (line.split(" ", 2)[0].toUpperCase(Locale.ROOT)) {
        case "PIPELINING" -> pipelining = true;
        case "SIZE" -> size = true;
        case "8BITMIME" -> eightBitMime = true;
        default -> {} // an extension that we do not use
      }
    }
    return new Extensions(pipelining, size, eightBitMime);
  }
}
