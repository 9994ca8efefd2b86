package io.gatepost.scanner.milter;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/// Sessions with one filter that wait for another message: a few, the one that was used last first,
/// each for a short time.
final class SessionPool {

  private final int most;
  private final Duration idleTime;
  private final Deque<Idle> idle = new ArrayDeque<>();
  private boolean isForOthers = true;

  private record Idle(FilterSession session, Disposable expiry) {}

  /// @param most how many wait at most
  /// @param idleTime how long one waits
  SessionPool(int most, Duration idleTime) {
    this.most = most;
    this.idleTime = idleTime;
  }

  /// A session for a message of that client, which stands as far as can be seen from here; one that
  /// knows the client first.
  Optional<FilterSession> take(ClientFacts client) {
    while (true) {
      Idle next;
      synchronized (this) {
        next = find(client, false);
        if (next == null) {
          next = find(client, isForOthers);
        }
        if (next == null) {
          return Optional.empty();
        }
        idle.remove(next);
      }
      next.expiry.dispose();
      if (next.session.isSound()) {
        return Optional.of(next.session);
      }
      next.session.dispose();
    }
  }

  /// From now on sessions are used for one client only: the filter does not take another.
  synchronized void keepToClients() {
    isForOthers = false;
  }

  private @Nullable Idle find(ClientFacts client, boolean others) {
    for (Idle each : idle) {
      if (each.session.takes(client, others)) {
        return each;
      }
    }
    return null;
  }

  /// Keeps a session that may be used again; the one that has waited longest ends where enough
  /// wait.
  void give(FilterSession session) {
    Disposable expiry =
        Schedulers.parallel()
            .schedule(() -> expire(session), idleTime.toMillis(), TimeUnit.MILLISECONDS);
    Idle oldest = null;
    synchronized (this) {
      session.rest();
      idle.addFirst(new Idle(session, expiry));
      if (idle.size() > most) {
        oldest = idle.removeLast();
      }
    }
    if (oldest != null) {
      oldest.expiry.dispose();
      oldest.session.quit();
    }
    session.onEnd(() -> remove(session));
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
