package io.gatepost.testkit.product;

import java.util.List;

/// The two ways in which one machine runs the suite; both have to behave the same.
public enum Mode {
  /// Six services in one JVM.
  ALL_IN_ONE,
  /// Six processes that talk over HTTP, with the broker and the database in a seventh.
  SPLIT;

  List<String> options() {
    return switch (this) {
      case ALL_IN_ONE -> List.of();
      case SPLIT -> List.of("--split");
    };
  }
}
