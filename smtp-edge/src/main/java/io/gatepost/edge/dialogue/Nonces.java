package io.gatepost.edge.dialogue;

import java.security.SecureRandom;
import java.util.Base64;

/// The server's share of a SCRAM nonce (RFC 5802 §5.1): printable, without a comma.
final class Nonces {

  private static final int OCTETS = 18;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Nonces() {}

  static String next() {
    byte[] octets = new byte[OCTETS];
    RANDOM.nextBytes(octets);
    return Base64.getEncoder().encodeToString(octets);
  }
}
