package io.gatepost.routing.script;

import io.gatepost.routing.sieve.Script;
import java.util.concurrent.atomic.AtomicBoolean;

/// Knowledge of a mailbox's script.
sealed interface Rules {

  /// There is none.
  record None() implements Rules {}

  /// @param isComplainedOf whether it has been told that this version fails
  record Usable(Script script, AtomicBoolean isComplainedOf) implements Rules {
    Usable(Script script) {
      this(script, new AtomicBoolean());
    }
  }

  /// Nothing can be made of it: mail is kept.
  record Broken() implements Rules {}

  Rules NONE = new None();
  Rules BROKEN = new Broken();
}
