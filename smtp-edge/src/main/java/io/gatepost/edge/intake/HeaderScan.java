package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.Mark;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Looks at a header as its octets come by, as it has no bound that an array could have: how many
/// hosts the message has passed, by its Received fields (RFC 5321 §6.3), and whether all of it is
/// ASCII. Fields that are named like our marks are renamed on the way where a stranger sends them,
/// and tokens of filters are read where a filter gives a message back.
final class HeaderScan {

  private static final byte[] RECEIVED = {'r', 'e', 'c', 'e', 'i', 'v', 'e', 'd', ':'};

  /// Names that begin so, whatever follows: some readers allow blanks before the colon.
  private static final byte[] MARK = lowerCase(Mark.FIELD);

  private static final byte[] SCAN = lowerCase(Mark.SCAN_FIELD);

  private static final byte[] FILTER = lowerCase(Mark.FILTER_FIELD);

  /// Where the three begin to differ.
  private static final int FORK = Arrays.mismatch(MARK, SCAN);

  /// The last letter of a field that is not ours: `Gatepost-Marx`, `Gatepost-Filtex`. One letter
  /// can be changed wherever the octets that came before are by now.
  private static final byte FOREIGN = 'x';

  /// The line is another field, or goes on with one.
  private static final int OTHER = -1;

  /// The line goes on with a filter's token.
  private static final int TOKEN = -2;

  /// Longer than a token and the blanks around it.
  private static final int MAX_TOKEN_LINE = 80;

  private byte[] name = RECEIVED;

  /// How many octets of the name the line has begun with.
  private int matched;

  private boolean afterDot;
  private boolean renames;
  private boolean readsTokens;
  private final StringBuilder tokenLine = new StringBuilder(0);
  private final List<String> tokens = new ArrayList<>(0);
  private int hops;
  private boolean isAscii = true;
  private boolean headerHasEnded;
  private boolean afterCr;
  private boolean nul;
  private boolean bareLineEnd;

  /// How many Received fields have come.
  int hops() {
    return hops;
  }

  /// Whether nothing beyond ASCII has come in the header.
  boolean isAscii() {
    return isAscii;
  }

  /// Whether a NUL has come in the header.
  boolean sawNul() {
    return nul;
  }

  /// Whether a CR or LF stood alone in the header.
  boolean sawBareLineEnd() {
    return bareLineEnd;
  }

  /// From here on the content is a stranger's: its fields must not look like ours.
  void renameMarks() {
    renames = true;
  }

  /// The octets from here on are given back by a filter.
  void readTokens() {
    readsTokens = true;
  }

  /// The tokens in fields of filters, two at most.
  List<String> tokens() {
    return List.copyOf(tokens);
  }

  /// Takes the next octets of the message, in which a dot at the beginning of a line stands before
  /// it (RFC 5321 §4.5.2), and may change a letter of theirs.
  void scan(byte[] octets, int from, int to) {
    for (int at = from; at < to && !headerHasEnded; at++) {
      byte octet = octets[at];
      isAscii &= octet >= 0;
      nul |= octet == 0;
      bareLineEnd |= afterCr != (octet == '\n');
      afterCr = octet == '\r';
      if (octet == '\n') {
        if (matched == TOKEN) {
          tokenEnds();
        }
        matched = 0;
        afterDot = false;
      } else if (matched == 0 && octet == '\r') {
        headerHasEnded = true;
      } else if (matched == 0 && octet == '.' && !afterDot) {
        afterDot = true;
      } else if (matched == TOKEN) {
        if (tokenLine.length() < MAX_TOKEN_LINE) {
          tokenLine.append((char) (octet & 0xff));
        }
      } else if (matched != OTHER && matches(octet)) {
        named(octets, at);
      }
    }
  }

  /// Whether the name is complete with this octet.
  private boolean matches(byte octet) {
    if (matched == 0) {
      name = (octet | 0x20) == MARK[0] ? MARK : RECEIVED;
    }
    if (matched == FORK && name == MARK) {
      name = (octet | 0x20) == SCAN[FORK] ? SCAN : (octet | 0x20) == FILTER[FORK] ? FILTER : MARK;
    }
    if ((octet | 0x20) != (name[matched] | 0x20)) {
      matched = OTHER;
      return false;
    }
    return ++matched == name.length;
  }

  private void named(byte[] octets, int last) {
    if (name == RECEIVED) {
      hops++;
    } else if (name == FILTER ? !readsTokens : renames) {
      octets[last] = FOREIGN;
    }
    matched = name == FILTER && readsTokens ? TOKEN : OTHER;
  }

  /// Behind the name come a colon, and the token.
  private void tokenEnds() {
    String line = tokenLine.toString().strip();
    tokenLine.setLength(0);
    if (line.startsWith(":") && tokens.size() < 2) {
      tokens.add(line.substring(1).strip());
    }
  }

  private static byte[] lowerCase(String field) {
    return field.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
  }
}
