package io.gatepost.bench.mta;

import java.io.IOException;
import java.util.Optional;

/// A system that can be measured.
public sealed interface MailSystem permits Gatepost, Postfix, Exim, Chasquid, Bare {

  /// Its name in `--systems` and in the results.
  String name();

  /// Why it cannot be measured doing a work; nothing where it can.
  Optional<String> obstacle(Work work);

  /// The same, set up for a work that its defaults do not do, or bound.
  default MailSystem setUpFor(Work work) {
    return this;
  }

  /// Whether it gets faster by doing its work, so that it is measured cold and warm.
  boolean warmsUp();

  /// Starts it, and returns when it greets.
  RunningSystem start(Site site) throws IOException, InterruptedException;
}
