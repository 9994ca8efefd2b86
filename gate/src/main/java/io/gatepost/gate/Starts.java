package io.gatepost.gate;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/// The start of calls that have got a slot from another call, on the thread where that one ended. A
/// call that starts and ends at once hands its slot on: these follow one another here instead of
/// nesting, so that any number of them takes no deeper stack.
final class Starts {

  private static final ThreadLocal<@Nullable ArrayDeque<Runnable>> NEXT = new ThreadLocal<>();

  private Starts() {}

  /// Runs a start now, or after those that this thread is at.
  static void run(Runnable start) {
    ArrayDeque<Runnable> next = NEXT.get();
    if (next != null) {
      next.add(start);
      return;
    }
    next = new ArrayDeque<>(4);
    NEXT.set(next);
    try {
      runAll(start, next);
    } finally {
      NEXT.remove();
    }
  }

  /// A start that fails, which only an error of its subscriber can make it, leaves out no other.
  private static void runAll(Runnable first, ArrayDeque<Runnable> next) {
    Throwable failure = null;
    for (Runnable start = first; start != null; start = next.poll()) {
      try {
        start.run();
      } catch (Throwable e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw Exceptions.propagate(failure);
    }
  }
}
