package io.gatepost.contract.event;

/// Offsets of one partition of `ready` and `due`: either that from which they are read again after
/// a crash, or that before which all records of a generation stand.
///
/// @param ready offset in `ready`, 0 or more
/// @param due offset in `due`, 0 or more
public record LogBounds(long ready, long due) {

  /// Before everything.
  public static final LogBounds NOTHING = new LogBounds(0, 0);

  public LogBounds {
    if (ready < 0 || due < 0) {
      throw new IllegalArgumentException(
          "ready, due: " + ready + ", " + due + " (expected: 0 or more)");
    }
  }

  /// The bounds of a record and of what these are of.
  ///
  /// @param topic [Topics#READY] or [Topics#DUE]
  /// @param offset where the record stands
  public LogBounds with(String topic, long offset) {
    return topic.equals(Topics.DUE)
        ? new LogBounds(ready, Math.max(due, offset + 1))
        : new LogBounds(Math.max(ready, offset + 1), due);
  }

  /// The greater of each.
  public LogBounds union(LogBounds others) {
    return new LogBounds(Math.max(ready, others.ready), Math.max(due, others.due));
  }

  /// Whether some record before these bounds stands at or behind the others.
  public boolean reachBeyond(LogBounds others) {
    return ready > others.ready || due > others.due;
  }
}
