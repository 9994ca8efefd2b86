package io.gatepost.scanner.milter;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// The fields that we have put on top of a message. A filter is not told of them; its counts of
/// fields are brought to those of the whole header by them.
final class OwnFields {

  private final Map<String, Integer> byName = new HashMap<>();
  private int count;

  void add(String name) {
    byName.merge(key(name), 1, Integer::sum);
    count++;
  }

  /// The position in the whole header for one that a filter inserts at: 0 is the top of all, 1 the
  /// top of what the filter has seen, as Sendmail and Postfix count with their one field of that
  /// kind.
  int position(int index) {
    return count == 0 || index == 0 ? index : (int) Math.min(Integer.MAX_VALUE, index - 1L + count);
  }

  /// Which field of that name in the whole header a filter means.
  ///
  /// @param index from 1 on; 0 is taken for 1, as by Sendmail
  int nth(String name, int index) {
    long own = byName.getOrDefault(key(name), 0);
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, index) + own);
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
