package io.gatepost.allinone.start;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.LoggerFactory;

/// Parts that have been started, to be stopped in the reverse order, once, however the process
/// comes to its end.
public final class StopSequence {

  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private boolean stopping;

  /// Notes something that has been started; where the stop has begun meanwhile it is stopped now.
  public <T extends AutoCloseable> T add(T part) {
    synchronized (this) {
      if (!stopping) {
        started.push(part);
        return part;
      }
    }
    close(part);
    return part;
  }

  /// Whether the stop has begun; what fails from then on is no news.
  public synchronized boolean isStopping() {
    return stopping;
  }

  /// Stops everything; what cannot be stopped is logged and passed over.
  public void run() {
    synchronized (this) {
      stopping = true;
    }
    for (AutoCloseable part = next(); part != null; part = next()) {
      close(part);
    }
  }

  private synchronized @org.jspecify.annotations.Nullable AutoCloseable next() {
    return started.poll();
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      LoggerFactory.getLogger(StopSequence.class)
          .error("{} does not stop", part.getClass().getSimpleName(), e);
    }
  }
}
