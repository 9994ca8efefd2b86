package io.gatepost.contract.envelope;

import java.util.ArrayList;
import java.util.List;

/// Changes of a message's header that are made whenever its content is given to somebody, one after
/// the other. The content itself stays as it came in.
///
/// @param list at most [#MAX_EDITS] that take at most [#MAX_SIZE] together
public record HeaderEdits(List<HeaderEdit> list) {

  /// More changes than this of one message are not made.
  public static final int MAX_EDITS = 100;

  /// The most that they may take together, in octets.
  public static final int MAX_SIZE = 64 * 1024;

  /// No change.
  public static final HeaderEdits NONE = new HeaderEdits(List.of());

  /// Throws [IllegalArgumentException] where there are too many.
  public HeaderEdits {
    list = List.copyOf(list);
    int size = sizeOf(list);
    if (list.size() > MAX_EDITS || size > MAX_SIZE) {
      throw new IllegalArgumentException(
          "header edits: %d of %d octets (expected: at most %d of %d octets)"
              .formatted(list.size(), size, MAX_EDITS, MAX_SIZE));
    }
  }

  /// As many of these changes as may be made of one message.
  public static HeaderEdits bounded(List<? extends HeaderEdit> all) {
    if (all.isEmpty()) {
      return NONE;
    }
    List<HeaderEdit> kept = new ArrayList<>(Math.min(all.size(), MAX_EDITS));
    int size = 0;
    for (HeaderEdit edit : all) {
      size += edit.size();
      if (kept.size() == MAX_EDITS || size > MAX_SIZE) {
        break;
      }
      kept.add(edit);
    }
    return new HeaderEdits(kept);
  }

  /// These changes, then the others, as many as may be made.
  public HeaderEdits then(HeaderEdits others) {
    if (others.list.isEmpty()) {
      return this;
    }
    if (list.isEmpty()) {
      return others;
    }
    List<HeaderEdit> all = new ArrayList<>(list);
    all.addAll(others.list);
    return bounded(all);
  }

  /// Octets that they take, about.
  public int size() {
    return list.isEmpty() ? 0 : sizeOf(list);
  }

  private static int sizeOf(List<HeaderEdit> edits) {
    return edits.stream().mapToInt(HeaderEdit::size).sum();
  }

  /// Whether nothing is changed.
  public boolean isEmpty() {
    return list.isEmpty();
  }
}
