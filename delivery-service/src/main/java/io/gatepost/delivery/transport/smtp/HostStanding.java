package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import java.util.List;
import java.util.function.LongSupplier;

/// Whether the hosts of one destination take what is sent to them: which comes first, since when
/// they are left alone, and whether they have stopped. Guarded by its destination's lock.
final class HostStanding {

  private final String name;
  private final int connections;
  private final HopOrder hops;
  private final StallWatch stalls;
  private final Outage outage;

  HostStanding(Destination.Smtp destination, int connections, long pauseNanos, LongSupplier nanos) {
    this.name = destination.name();
    this.connections = connections;
    this.hops = new HopOrder(destination.hops(), pauseNanos, nanos);
    this.stalls = new StallWatch(nanos);
    this.outage = new Outage(pauseNanos, nanos);
  }

  HopOrder hops() {
    return hops;
  }

  /// Whether they are left alone now.
  boolean isAway() {
    return outage.isOn();
  }

  HopFailure why() {
    return outage.why();
  }

  /// One has greeted a connection.
  void greeted() {
    outage.greeted();
    stalls.moved();
  }

  /// One has taken something: it is slow, perhaps, and has not stopped.
  void moved() {
    stalls.moved();
  }

  /// One has taken all that there was for a connection: where it had stopped, it has gone on.
  void caughtUp() {
    stalls.moved();
    outage.end();
  }

  /// A connection is tried.
  void dialled() {
    stalls.dialled();
  }

  /// Whether another connection may be tried.
  boolean mayDial(LanePool lanes) {
    return lanes.open() == 0 || !outage.isRestrained();
  }

  /// No hop has taken a new connection: what waits is given up, unless other connections still
  /// serve it.
  GivenUp dialFailed(HopFailure failure, LanePool lanes, Backlog backlog) {
    if (lanes.open() > 0) {
      outage.restrain(); // the host has enough of us: those that are open go on
      return GivenUp.NOTHING;
    }
    if (lanes.dialling() > 0) {
      return GivenUp.NOTHING; // another dial is still looking
    }
    if (!backlog.hasMail() && failure instanceof HopFailure.Refusal) {
      return new GivenUp(List.of(), backlog.probes().refused(failure), failure);
    }
    return leaveAlone(failure, backlog);
  }

  /// Gives up what waits where they have stopped taking mail.
  GivenUp lookAt(LanePool lanes, Backlog backlog) {
    boolean isUsedUp = lanes.all() >= connections;
    boolean isStalled =
        !lanes.hasIdle() && stalls.isStalled(outage.hasBegun(), backlog.waited(), isUsedUp);
    if (!isStalled) {
      return GivenUp.NOTHING;
    }
    Reply reply = Reply.of(451, "4.4.1", name + " has stopped taking mail");
    return leaveAlone(new HopFailure.Unreachable(reply), backlog);
  }

  private GivenUp leaveAlone(HopFailure failure, Backlog backlog) {
    outage.begin(failure);
    return backlog.removeAll(failure);
  }
}
