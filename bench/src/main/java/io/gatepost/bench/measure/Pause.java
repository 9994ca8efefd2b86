package io.gatepost.bench.measure;

/// Waiting between two looks at something that changes by itself.
public final class Pause {

  private Pause() {}

  /// Waits; an interrupt stays noted and ends the wait.
  public static void millis(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
