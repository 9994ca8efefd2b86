package io.gatepost.allinone.start;

import java.security.SecureRandom;
import java.util.HexFormat;

/// The bearer token of one run (`gatepost.rpc.token`), for callers who can read the data directory.
public final class Token {

  private static final int OCTETS = 32;

  private Token() {}

  /// Returns one that cannot be guessed: 256 random bits in hexadecimal.
  public static String generate() {
    byte[] octets = new byte[OCTETS];
    new SecureRandom().nextBytes(octets);
    return HexFormat.of().formatHex(octets);
  }
}
