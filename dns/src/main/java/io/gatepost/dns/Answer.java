package io.gatepost.dns;

import java.time.Duration;
import java.util.List;

/// The answer to a question.
public sealed interface Answer {

  /// How long it holds.
  Duration ttl();

  /// There are records of that name and type.
  ///
  /// @param records at least one
  record Found(List<RecordData> records, Duration ttl) implements Answer {
    public Found {
      records = List.copyOf(records);
    }
  }

  /// The name, or the type at that name, does not exist.
  ///
  /// @param ttl zero where nobody has said (RFC 2308 §5)
  record Absent(Duration ttl) implements Answer {}
}
