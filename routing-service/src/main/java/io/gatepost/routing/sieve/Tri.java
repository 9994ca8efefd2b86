package io.gatepost.routing.sieve;

/// Truth of a statement before the content has been seen.
enum Tri {
  YES,
  NO,
  /// The content decides.
  OPEN;

  static Tri of(boolean known) {
    return known ? YES : NO;
  }

  Tri not() {
    return switch (this) {
      case YES -> NO;
      case NO -> YES;
      case OPEN -> OPEN;
    };
  }

  Tri and(Tri other) {
    if (this == NO || other == NO) {
      return NO;
    }
    return this == YES ? other : OPEN;
  }

  Tri or(Tri other) {
    return not().and(other.not()).not();
  }

  /// Returns the truth where either may be the case.
  Tri join(Tri other) {
    return this == other ? this : OPEN;
  }
}
