package io.gatepost.delivery.transport.smtp;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;

/// Connections of one destination: those that are open, those among them that have nothing to do,
/// and those that are dialled. Guarded by its destination's lock.
final class LanePool {

  /// Event loops are few.
  private static final int LOOKED_AT = 8;

  private final ArrayDeque<Lane> idle = new ArrayDeque<>();
  private int open;
  private int dialling;

  int open() {
    return open;
  }

  int idle() {
    return idle.size();
  }

  /// Connections that are open or dialled.
  int all() {
    return open + dialling;
  }

  int dialling() {
    return dialling;
  }

  /// One is dialled.
  void dial() {
    dialling++;
  }

  /// One that was dialled is open, and has work at once.
  void connected() {
    dialling--;
    open++;
  }

  /// One that was dialled cannot be had.
  void dialFailed() {
    dialling--;
  }

  boolean hasIdle() {
    return !idle.isEmpty();
  }

  /// Takes the idle one that was used last, of this thread where there is one: work then changes
  /// threads neither on its way there nor back.
  Lane takeIdle() {
    Iterator<Lane> newest = idle.descendingIterator();
    for (int i = 0; i < LOOKED_AT && newest.hasNext(); i++) {
      Lane lane = newest.next();
      if (lane.isHere()) {
        newest.remove();
        return lane;
      }
    }
    return idle.removeLast();
  }

  /// One has nothing to do.
  void rest(Lane lane) {
    idle.add(lane);
  }

  /// Takes an idle one out of use; false where it is not idle any more.
  boolean withdraw(Lane lane) {
    boolean isIdle = idle.remove(lane);
    if (isIdle) {
      open--;
    }
    return isIdle;
  }

  /// One has ended.
  void closed(Lane lane) {
    idle.remove(lane);
    open--;
  }

  /// Takes all idle ones out of use.
  List<Lane> drainIdle() {
    List<Lane> drained = List.copyOf(idle);
    idle.clear();
    open -= drained.size();
    return drained;
  }
}
