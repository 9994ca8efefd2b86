package io.gatepost.testkit.product;

import io.gatepost.testkit.peer.Peer;
import java.time.Duration;
import java.util.List;

/// Signals of tests to processes, besides those that kill.
public enum Signal {
  /// It hangs: it is there, and does nothing.
  STOP,
  /// It goes on.
  CONT;

  private static final Duration LONGEST = Duration.ofSeconds(30);

  /// Sends it.
  public void to(ProcessHandle process) {
    Peer.Ended kill =
        Peer.find("kill", "procps").run(LONGEST, List.of("-" + name(), "" + process.pid()));
    if (kill.status() != 0) {
      throw new IllegalStateException(kill.output());
    }
  }
}
