package io.gatepost.smtp.wire;

/// How long the longest line is, in octets up to its LF less the CR.
final class LineCensus {

  private long current;
  private long longest;

  void more(int octets) {
    current += octets;
  }

  void end() {
    if (current > longest) {
      longest = current;
    }
    current = 0;
  }

  /// The last line may lack its end.
  ///
  /// @param lineEnd octets of its end that have come
  int longest(int lineEnd) {
    return (int) Math.min(Math.max(longest - 1, current - lineEnd), Integer.MAX_VALUE);
  }
}
