package io.gatepost.edge.session;

import java.util.Arrays;
import java.util.Optional;

/// The SASL mechanisms that there are (RFC 4954 §3), in the order in which they are announced: the
/// strongest first.
public enum Mechanism {
  SCRAM_SHA_256("SCRAM-SHA-256"),
  PLAIN("PLAIN"),
  LOGIN("LOGIN");

  private final String word;

  Mechanism(String word) {
    this.word = word;
  }

  /// Its name on the wire, in capitals.
  public String word() {
    return word;
  }

  /// The mechanism of a name in capitals.
  static Optional<Mechanism> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
  }
}
