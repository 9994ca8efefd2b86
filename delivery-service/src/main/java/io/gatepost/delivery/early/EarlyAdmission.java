package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.delivery.transport.AttemptRoom;
import java.util.Optional;
import java.util.Set;

/// Which messages are attempted while their clients wait, before anything is known of their
/// destinations. Safe for all threads.
final class EarlyAdmission {

  private final AttemptRoom room;
  private final int most;
  private volatile Set<Integer> partitions = Set.of();
  private volatile boolean isStopping;

  /// @param most attempts at a time
  EarlyAdmission(AttemptRoom room, int most) {
    this.room = room;
    this.most = most;
  }

  /// Takes the parts of the log that are read here.
  void own(Set<Integer> mine) {
    partitions = Set.copyOf(mine);
  }

  /// Admits no more.
  void stop() {
    isStopping = true;
  }

  /// Why no attempt of a message may begin here, whatever it is.
  Optional<Why> closedTo(QueueId id) {
    if (isStopping) {
      return Optional.of(Why.STOPPING);
    }
    return partitions.contains(id.partition()) ? Optional.empty() : Optional.of(Why.ELSEWHERE);
  }

  /// Why a message goes to the queue; empty where it is attempted now.
  ///
  /// @param underWay attempts that are made now
  Optional<Why> against(Envelope envelope, int underWay) {
    Optional<Why> closed = closedTo(envelope.id());
    if (closed.isPresent()) {
      return closed;
    }
    if (underWay >= most || room.isHalfFull()) {
      return Optional.of(Why.NO_ROOM);
    }
    if (envelope.scan() != ScanState.DONE || envelope.generation() > 0) {
      return Optional.of(Why.NOT_WANTED);
    }
    boolean isNoticeWanted =
        envelope.recipients().stream()
            .anyMatch(each -> each.dsn().notifyOn().contains(Notify.SUCCESS));
    return isNoticeWanted ? Optional.of(Why.NOTICE_WANTED) : Optional.empty();
  }
}
