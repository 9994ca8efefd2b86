package io.gatepost.scanner.pattern;

import java.util.List;
import java.util.Optional;

/// Looks for patterns in octets that come in pieces. Goes through them in strides as long as the
/// shortest pattern (Horspool's way, with one table for all patterns), so that most octets are
/// never looked at.
public final class PatternSearch {

  private final List<Pattern> patterns;
  private final byte[][] octets;
  private final int stride;
  private final int longest;
  private final int[] shift = new int[256];

  /// The octets with which a pattern ends its first stride.
  private final boolean[] ends = new boolean[256];

  /// @param patterns at least one
  public PatternSearch(List<Pattern> patterns) {
    this.patterns = List.copyOf(patterns);
    this.octets = patterns.stream().map(Pattern::octets).toArray(byte[][]::new);
    this.stride =
        patterns.stream().mapToInt(pattern -> pattern.text().length()).min().orElseThrow();
    this.longest =
        patterns.stream().mapToInt(pattern -> pattern.text().length()).max().orElseThrow();
    java.util.Arrays.fill(shift, stride);
    for (byte[] pattern : octets) {
      ends[pattern[stride - 1] & 0xff] = true;
      for (int i = 0; i < stride - 1; i++) {
        int octet = pattern[i] & 0xff;
        shift[octet] = Math.min(shift[octet], stride - 1 - i);
      }
    }
  }

  /// The scan of one message.
  public final class Scan {

    private byte[] tail = new byte[0];

    /// Looks through the next piece, together with the end of the one before it.
    public Optional<Pattern> next(byte[] piece) {
      byte[] text = piece;
      if (tail.length > 0) {
        text = java.util.Arrays.copyOf(tail, tail.length + piece.length);
        System.arraycopy(piece, 0, text, tail.length, piece.length);
      }
      Optional<Pattern> found = find(text);
      int keep = Math.min(text.length, longest - 1);
      tail = java.util.Arrays.copyOfRange(text, text.length - keep, text.length);
      return found;
    }
  }

  /// A scan of a message that comes in pieces.
  public Scan start() {
    return new Scan();
  }

  /// Looks through a whole text.
  public Optional<Pattern> find(byte[] text) {
    int last = text.length - stride;
    int at = 0;
    while (at <= last) {
      int end = text[at + stride - 1] & 0xff;
      for (int p = 0; ends[end] && p < octets.length; p++) {
        if (startsAt(text, at, octets[p])) {
          return Optional.of(patterns.get(p));
        }
      }
      at += shift[end];
    }
    return Optional.empty();
  }

  private boolean startsAt(byte[] text, int at, byte[] pattern) {
    if (text.length - at < pattern.length) {
      return false;
    }
    for (int i = stride - 1; i >= 0; i--) {
      if (text[at + i] != pattern[i]) {
        return false;
      }
    }
    return java.util.Arrays.equals(text, at, at + pattern.length, pattern, 0, pattern.length);
  }
}
