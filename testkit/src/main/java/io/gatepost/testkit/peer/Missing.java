package io.gatepost.testkit.peer;

import org.opentest4j.TestAbortedException;

/// A program, library or right that a test needs and this machine lacks.
public final class Missing {

  private Missing() {}

  /// The end of such a test. It is skipped on a developer's machine; in CI (`CI=true` in the
  /// environment), which has to bring everything, it fails.
  ///
  /// @param what what is missing, and what would bring it
  public static RuntimeException of(String what) {
    return of(what, "true".equals(System.getenv("CI")));
  }

  static RuntimeException of(String what, boolean inCi) {
    return inCi
        ? new IllegalStateException("CI has to bring what a test needs: " + what)
        : new TestAbortedException(what);
  }
}
