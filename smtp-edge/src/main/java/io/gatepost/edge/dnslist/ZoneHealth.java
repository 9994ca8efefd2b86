package io.gatepost.edge.dnslist;

/// Whether a zone is asked. One that fails more often than not, of its latest questions, is left
/// alone for a while; then one question at a time tries it, for which nobody waits, until one is
/// answered. Each time it fails again the pause is twice as long, up to five minutes. For any
/// thread.
public final class ZoneHealth {

  /// The latest questions that count.
  private static final int WINDOW = 20;

  private static final int MASK = (1 << WINDOW) - 1;

  /// Failures among them that are too many.
  private static final int TOO_MANY = 10;

  private static final long SECOND = 1_000_000_000L;
  private static final long FIRST_PAUSE = 10 * SECOND;
  private static final long LONGEST_PAUSE = 300 * SECOND;

  /// A try whose end was not told counts as failed by then.
  private static final long LONGEST_TRY = 60 * SECOND;

  /// The latest questions, a bit each, the newest lowest; those that failed are set.
  private int failures;

  private long pause = FIRST_PAUSE;
  private boolean isLeftAlone;

  /// Until when it is not asked, where it is left alone.
  private long until;

  /// Whether to ask.
  public enum Advice {
    ASK,
    /// Ask, and do not wait for the answer.
    TRY,
    LEAVE_ALONE
  }

  /// Whether to ask now.
  ///
  /// @param now by a monotonic clock, in nanoseconds
  public synchronized Advice next(long now) {
    if (!isLeftAlone) {
      return Advice.ASK;
    }
    if (now - until < 0) {
      return Advice.LEAVE_ALONE;
    }
    until = now + LONGEST_TRY; // no other try before the end of this one
    return Advice.TRY;
  }

  /// A question was answered, by the records or by saying that there are none.
  public synchronized void answered() {
    failures = (failures << 1) & MASK;
    if (failures == 0) {
      pause = FIRST_PAUSE; // it has been well for a whole window
    }
  }

  /// A question was not answered, or the answer was that the server failed.
  ///
  /// @return whether the zone is left alone from now on, and was not before
  public synchronized boolean failed(long now) {
    failures = ((failures << 1) | 1) & MASK;
    if (isLeftAlone || Integer.bitCount(failures) < TOO_MANY) {
      return false; // one that was asked before says nothing new
    }
    isLeftAlone = true;
    until = now + pause;
    return true;
  }

  /// A try was answered: the zone is asked again. Half of a window is taken as failed, so that one
  /// which fails on is soon left alone again.
  public synchronized void tryAnswered() {
    isLeftAlone = false;
    failures = (1 << (TOO_MANY / 2)) - 1;
  }

  /// A try was not answered.
  public synchronized void tryFailed(long now) {
    pause = Math.min(2 * pause, LONGEST_PAUSE);
    until = now + pause;
  }

  /// Whether it is left alone now, or tried.
  public synchronized boolean isLeftAlone() {
    return isLeftAlone;
  }

  /// How long it is left alone, in seconds.
  public synchronized long pauseSeconds() {
    return pause / SECOND;
  }
}
