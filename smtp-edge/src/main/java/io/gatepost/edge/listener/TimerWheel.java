package io.gatepost.edge.listener;

import org.jspecify.annotations.Nullable;

/// The time-outs of all sessions of one event loop: one task a second instead of one for each
/// session. Putting a time-out off, which every octet from a client does, is one write; it is
/// noticed when the old time comes. To be used on its event loop only.
final class TimerWheel {

  /// About how long one turn takes, in seconds; a longer time-out goes round more than once.
  private static final int SLOTS = 512;

  private final @Nullable Timer[] slots = new Timer[SLOTS];
  private int now;

  /// One session's time-out.
  static class Timer {
    private final Runnable action;
    private int due;
    private int slot = -1;
    private @Nullable Timer previous;
    private @Nullable Timer next;

    /// @param action called once for each time that the time-out comes
    Timer(Runnable action) {
      this.action = action;
    }
  }

  /// The second that it is, counted from the wheel's beginning.
  int now() {
    return now;
  }

  /// Lets a time-out come at a second, in place of when it was to come.
  void set(Timer timer, int second) {
    timer.due = Math.max(second, now + 1);
    int planned = timer.slot < 0 ? Integer.MAX_VALUE : secondOf(timer.slot);
    if (timer.due < planned) {
      remove(timer);
      insert(timer);
    }
  }

  /// Forgets a time-out.
  void remove(Timer timer) {
    if (timer.slot < 0) {
      return;
    }
    if (timer.next != null) {
      timer.next.previous = timer.previous;
    }
    if (timer.previous != null) {
      timer.previous.next = timer.next;
    } else {
      slots[timer.slot] = timer.next;
    }
    timer.previous = null;
    timer.next = null;
    timer.slot = -1;
  }

  /// A second has passed.
  void tick() {
    now++;
    Timer timer = slots[now % SLOTS];
    while (timer != null) {
      Timer following = timer.next;
      remove(timer);
      if (timer.due <= now) {
        timer.action.run();
      } else {
        insert(timer);
      }
      timer = following;
    }
  }

  private void insert(Timer timer) {
    int slot = Math.min(timer.due, now + SLOTS - 1) % SLOTS;
    Timer head = slots[slot];
    timer.slot = slot;
    timer.next = head;
    if (head != null) {
      head.previous = timer;
    }
    slots[slot] = timer;
  }

  /// The next second at which a slot comes round.
  private int secondOf(int slot) {
    int ahead = Math.floorMod(slot - now, SLOTS);
    return now + (ahead == 0 ? SLOTS : ahead);
  }
}
