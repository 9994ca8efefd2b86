package io.gatepost.delivery.transport.smtp;

import java.util.ArrayDeque;
import java.util.List;

/// Connections of one destination: those that are open, those among them that have nothing to do,
/// and those that are dialled. Guarded by its destination's lock.
final class LanePool {

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

  /// Takes the idle one that was used last.
  Lane takeIdle() {
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
