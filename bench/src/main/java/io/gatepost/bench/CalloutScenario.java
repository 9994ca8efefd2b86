package io.gatepost.bench;

import java.util.Locale;

/// A load of recipients to verify.
///
/// @param concurrency sessions at a time
/// @param recipients of a session
record CalloutScenario(int concurrency, int recipients, Time time) {

  /// Whether a recipient has been asked for before.
  enum Time {
    FIRST,
    CACHED
  }

  @Override
  public String toString() {
    return "%d connection%s, %d recipient%s each, %s"
        .formatted(
            concurrency,
            concurrency == 1 ? "" : "s",
            recipients,
            recipients == 1 ? "" : "s",
            time.name().toLowerCase(Locale.ROOT));
  }
}
