package io.gatepost.delivery.early;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Things to be done once a lock is free, in order. One that fails holds up none of the others.
final class Steps {

  private static final Logger log = LoggerFactory.getLogger(Steps.class);

  private final List<Runnable> steps = new ArrayList<>(2);

  void add(Runnable step) {
    steps.add(step);
  }

  void take() {
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (RuntimeException e) {
        log.error("a step of an early attempt failed", e);
      }
    }
  }
}
