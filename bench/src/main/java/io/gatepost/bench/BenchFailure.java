package io.gatepost.bench;

/// A benchmark that cannot go on for a reason that one line explains.
final class BenchFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  BenchFailure(String line) {
    super(line);
  }
}
