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

  /// The last line may lack its end, and then its CR.
  int longest() {
    return (int) Math.min(Math.max(longest - 1, current), Integer.MAX_VALUE);
  }
}
