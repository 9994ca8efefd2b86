package io.gatepost.system;

import io.gatepost.testkit.product.Mode;
import java.util.stream.Stream;

/// The modes that a long test runs in: one of them, and all with `-Dgatepost.modes=all`.
public final class Modes {

  private static final boolean ALL = "all".equals(System.getProperty("gatepost.modes"));

  private Modes() {}

  /// @param one the mode of the short form
  public static Stream<Mode> of(Mode one) {
    return ALL ? Stream.of(Mode.values()) : Stream.of(one);
  }
}
