package io.gatepost.routing.sieve;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A pattern of `:matches` (RFC 5228 §2.7.1): `*` is any text, `?` is one character, a backslash
/// makes the next one plain. Each `*` takes as little as it can, and no step is taken back: what
/// stands between two of them is looked for once, from left to right.
final class Wildcards {

  private static final int NOWHERE = -1;
  private static final int ANY_CHARACTER = -2;

  private final List<int[]> pieces = new ArrayList<>();

  /// @param pattern folded as the values are
  Wildcards(String pattern) {
    List<Integer> piece = new ArrayList<>();
    int[] characters = pattern.codePoints().toArray();
    for (int i = 0; i < characters.length; i++) {
      int c = characters[i];
      if (c == '\\' && i + 1 < characters.length) {
        piece.add(characters[++i]);
      } else if (c == '*') {
        pieces.add(piece.stream().mapToInt(Integer::intValue).toArray());
        piece.clear();
      } else {
        piece.add(c == '?' ? ANY_CHARACTER : c);
      }
    }
    pieces.add(piece.stream().mapToInt(Integer::intValue).toArray());
  }

  /// Returns the matches of the pattern's wildcards, in order, with the whole value in front;
  /// nothing where the value does not match.
  ///
  /// @param folded the value as it is compared, character by character that of `value`
  Optional<List<String>> match(String value, String folded) {
    int[] plain = value.codePoints().toArray();
    int[] text = folded.codePoints().toArray();
    List<String> groups = new ArrayList<>();
    groups.add(value);
    int at = 0;
    for (int i = 0; i < pieces.size(); i++) {
      int[] piece = pieces.get(i);
      boolean first = i == 0;
      boolean last = i == pieces.size() - 1;
      int found = first ? 0 : last ? text.length - piece.length : find(piece, text, at);
      if (found < at
          || !matchesAt(piece, text, found)
          || last && found + piece.length != text.length) {
        return Optional.empty();
      }
      if (!first) {
        groups.add(new String(plain, at, found - at));
      }
      for (int j = 0; j < piece.length; j++) {
        if (piece[j] == ANY_CHARACTER) {
          groups.add(new String(plain, found + j, 1));
        }
      }
      at = found + piece.length;
    }
    return Optional.of(groups);
  }

  private static int find(int[] piece, int[] text, int from) {
    for (int at = from; at + piece.length <= text.length; at++) {
      if (matchesAt(piece, text, at)) {
        return at;
      }
    }
    return NOWHERE;
  }

  private static boolean matchesAt(int[] piece, int[] text, int at) {
    if (at + piece.length > text.length) {
      return false;
    }
    for (int i = 0; i < piece.length; i++) {
      if (piece[i] != ANY_CHARACTER && piece[i] != text[at + i]) {
        return false;
      }
    }
    return true;
  }
}
