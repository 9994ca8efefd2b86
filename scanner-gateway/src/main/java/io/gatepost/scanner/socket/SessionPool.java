package io.gatepost.scanner.socket;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/// Sessions with one scanner that wait for another message: a few, the one that was used last
/// first, each for a short time.
///
/// @param <S> the sessions of a protocol
public final class SessionPool<S extends KeptSession> {

  private final int most;
  private final Duration idleTime;

  /// The one that has waited longest is the last.
  private final Deque<Idle<S>> idle = new ArrayDeque<>();

  /// One timer for all of them, as most are taken again at once.
  private boolean hasTimer;

  /// @param since by [System#nanoTime]
  private record Idle<S>(S session, long since) {}

  /// @param most how many wait at most
  /// @param idleTime how long one waits
  public SessionPool(int most, Duration idleTime) {
    this.most = most;
    this.idleTime = idleTime;
  }

  /// Takes a session out that stands as far as can be seen from here.
  ///
  /// @param fits whether it will do
  /// @param fitsBest whether it is better than others; such a one comes first
  public Optional<S> take(Predicate<? super S> fits, Predicate<? super S> fitsBest) {
    while (true) {
      Idle<S> next;
      synchronized (this) {
        next = find(fitsBest);
        if (next == null) {
          next = find(fits);
        }
        if (next == null) {
          return Optional.empty();
        }
        idle.remove(next);
      }
      if (next.session.isSound()) {
        return Optional.of(next.session);
      }
      next.session.dispose();
    }
  }

  private @Nullable Idle<S> find(Predicate<? super S> wanted) {
    for (Idle<S> each : idle) {
      if (wanted.test(each.session)) {
        return each;
      }
    }
    return null;
  }

  /// Keeps a session that may be used again; the one that has waited longest ends where enough
  /// wait.
  public void give(S session) {
    Idle<S> oldest = null;
    synchronized (this) {
      session.rest();
      idle.addFirst(new Idle<>(session, System.nanoTime()));
      if (idle.size() > most) {
        oldest = idle.removeLast();
      }
      if (!hasTimer && !idle.isEmpty()) {
        setTimer(idleTime.toNanos());
      }
    }
    if (oldest != null) {
      oldest.session.quit();
    }
    session.onEnd(() -> remove(session));
  }

  /// How many wait.
  public synchronized int size() {
    return idle.size();
  }

  private void setTimer(long nanos) {
    hasTimer = true;
    Schedulers.parallel().schedule(this::expire, nanos, TimeUnit.NANOSECONDS);
  }

  private void expire() {
    List<S> expired = new ArrayList<>();
    synchronized (this) {
      hasTimer = false;
      long now = System.nanoTime();
      for (Idle<S> last = idle.peekLast(); last != null; last = idle.peekLast()) {
        long left = idleTime.toNanos() - (now - last.since);
        if (left > 0) {
          setTimer(left);
          break;
        }
        expired.add(last.session);
        idle.removeLast();
      }
    }
    expired.forEach(KeptSession::quit);
  }

  private synchronized void remove(S session) {
    for (Iterator<Idle<S>> each = idle.iterator(); each.hasNext(); ) {
      if (each.next().session == session) {
        each.remove();
        return;
      }
    }
  }
}
