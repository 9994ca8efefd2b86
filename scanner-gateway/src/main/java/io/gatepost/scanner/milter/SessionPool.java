package io.gatepost.scanner.milter;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/// Sessions with one filter that wait for another message: a few, the one that was used last first,
/// each for a short time.
final class SessionPool {

  private final int most;
  private final Duration idleTime;
  private final Deque<Idle> idle = new ArrayDeque<>();

  private record Idle(FilterSession session, Disposable expiry) {}

  /// @param most how many wait at most
  /// @param idleTime how long one waits
  SessionPool(int most, Duration idleTime) {
    this.most = most;
    this.idleTime = idleTime;
  }

  /// A session that stands, as far as can be seen from here.
  Optional<FilterSession> take() {
    while (true) {
      Idle next;
      synchronized (this) {
        next = idle.pollFirst();
      }
      if (next == null) {
        return Optional.empty();
      }
      next.expiry.dispose();
      if (next.session.isSound()) {
        return Optional.of(next.session);
      }
      next.session.dispose();
    }
  }

  /// Keeps a session that may be used again; ends it where enough wait.
  void give(FilterSession session) {
    Disposable expiry =
        Schedulers.parallel()
            .schedule(() -> expire(session), idleTime.toMillis(), TimeUnit.MILLISECONDS);
    boolean kept;
    synchronized (this) {
      kept = idle.size() < most;
      if (kept) {
        idle.addFirst(new Idle(session, expiry));
      }
    }
    if (kept) {
      session.onEnd(() -> remove(session));
    } else {
      expiry.dispose();
      session.quit();
    }
  }

  /// How many wait.
  synchronized int size() {
    return idle.size();
  }

  private void expire(FilterSession session) {
    if (remove(session)) {
      session.quit();
    }
  }

  private synchronized boolean remove(FilterSession session) {
    for (Iterator<Idle> each = idle.iterator(); each.hasNext(); ) {
      Idle next = each.next();
      if (next.session == session) {
        next.expiry.dispose();
        each.remove();
        return true;
      }
    }
    return false;
  }
}
