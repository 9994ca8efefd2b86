package io.gatepost.edge.dialogue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The octets that the client has sent and the session has not used yet. Takes no memory while
/// nothing waits.
public final class LineInput {

  /// RFC 5321 §4.5.3.1.4, with the line end.
  private static final int MAX_COMMAND_OCTETS = 512;

  /// With room for SIZE (26), BODY (17), SMTPUTF8 (10), RET and ENVID (128) and AUTH (500).
  private static final int MAX_MAIL_OCTETS = MAX_COMMAND_OCTETS + 26 + 17 + 10 + 128 + 500;

  /// With room for NOTIFY and ORCPT (RFC 3461 §3).
  private static final int MAX_RCPT_OCTETS = MAX_COMMAND_OCTETS + 500;

  /// RFC 4954 §4.
  static final int MAX_AUTH_OCTETS = 12_288;

  /// Up to this it is not worth copying.
  private static final int LOOSE_OCTETS = 512;

  private static final byte[] NOTHING = new byte[0];

  private byte[] octets = NOTHING;
  private int start;
  private int end;

  /// Where the search for the next line feed goes on, so that a long line is searched once.
  private int searched;

  /// Appends octets, which the caller then writes into [#octets].
  ///
  /// @return the index of the first of them
  public int extend(int fresh) {
    byte[] joined = new byte[end - start + fresh];
    System.arraycopy(octets, start, joined, 0, end - start);
    octets = joined;
    searched -= start;
    start = 0;
    end = joined.length;
    return end - fresh;
  }

  /// Whether the next line is complete: it ends in CRLF (RFC 5321 §2.3.8).
  boolean hasLine() {
    int lineFeed = lineFeed();
    return lineFeed >= 0 && isAfterCr(lineFeed);
  }

  /// Whether an LF without CR comes before the end of the next line.
  boolean hasBareLineFeed() {
    int lineFeed = lineFeed();
    return lineFeed >= 0 && !isAfterCr(lineFeed);
  }

  /// The next line without its CRLF, one character for each octet; there is one by [#hasLine]. It
  /// stays where it is until [#dropLine].
  String line() {
    return new String(octets, start, lineFeed() - 1 - start, StandardCharsets.ISO_8859_1);
  }

  /// The first octets of the next line, complete or not, one character for each.
  String beginning(int most) {
    return new String(octets, start, Math.min(most, size()), StandardCharsets.ISO_8859_1);
  }

  /// Forgets the line that [#line] showed.
  void dropLine() {
    consume(lineFeed() + 1 - start);
  }

  /// Forgets what has come of a line whose end is missing, but for a CR that may belong to it.
  void dropUnfinishedLine() {
    boolean crMayEndIt = size() > 0 && octets[end - 1] == '\r';
    consume(crMayEndIt ? size() - 1 : size());
  }

  /// Whether the next line, complete or not, is longer than a command of its kind may be.
  boolean commandIsTooLong() {
    return lineIsTooLong(maxOctets());
  }

  /// Whether the next line, complete or not, has more octets than these with its line end.
  boolean lineIsTooLong(int maxOctets) {
    int lineFeed = lineFeed();
    return (lineFeed < 0 ? end : lineFeed + 1) - start > maxOctets;
  }

  /// How many octets of memory are in use for it.
  public int held() {
    return octets.length;
  }

  /// Gives memory back that what is left does not need.
  public void trim() {
    if (octets.length > LOOSE_OCTETS && octets.length > 2 * size()) {
      octets = Arrays.copyOfRange(octets, start, end);
      searched -= start;
      end -= start;
      start = 0;
    }
  }

  /// The array in which the octets are, from [#start] to [#end].
  public byte[] octets() {
    return octets;
  }

  public int start() {
    return start;
  }

  public int end() {
    return end;
  }

  /// How many octets wait.
  public int size() {
    return end - start;
  }

  /// Forgets octets from the beginning.
  public void consume(int count) {
    start += count;
    searched = Math.max(searched, start);
    if (start == end) {
      octets = NOTHING;
      start = 0;
      end = 0;
      searched = 0;
    }
  }

  /// By the first letter: no two verbs that may be longer share it with one that may not, but for
  /// RSET, which is short anyway.
  private int maxOctets() {
    return switch (start == end ? 0 : octets[start] | 0x20) {
      case 'm' -> MAX_MAIL_OCTETS;
      case 'r' -> MAX_RCPT_OCTETS;
      case 'a' -> MAX_AUTH_OCTETS;
      default -> MAX_COMMAND_OCTETS;
    };
  }

  private boolean isAfterCr(int lineFeed) {
    return lineFeed > start && octets[lineFeed - 1] == '\r';
  }

  private int lineFeed() {
    for (int i = searched; i < end; i++) {
      if (octets[i] == '\n') {
        searched = i;
        return i;
      }
    }
    searched = end;
    return -1;
  }
}
