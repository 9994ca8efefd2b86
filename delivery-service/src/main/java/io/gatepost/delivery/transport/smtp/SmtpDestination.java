package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One destination: it brings what waits for it ([Backlog]) and its connections ([LanePool])
/// together. Both are bounded; a host that could not be reached, or takes nothing, is left alone
/// for a while. Safe for all threads; nothing is called out to while its lock is held.
final class SmtpDestination {

  private final Destination.Smtp route;
  private final Dialer dialer;
  private final LongSupplier nanos;
  private final Backlog backlog;
  private final LanePool lanes = new LanePool();
  private final HostStanding hosts;

  private boolean forgotten;

  /// @param connections at most
  /// @param waiting messages at most; beyond them the destination is busy
  /// @param pauseNanos how long a host that could not be reached is left alone
  /// @param probes how much of it probes may use
  record Limits(int connections, int waiting, long pauseNanos, ProbeQueue.Limits probes) {}

  /// @param share of the room for attempts that this destination may have when it is slow, in
  ///   messages
  SmtpDestination(
      Destination.Smtp destination,
      Limits limits,
      Dialer dialer,
      IntSupplier share,
      LongSupplier nanos) {
    this.route = destination;
    this.hosts = new HostStanding(destination, limits.connections(), limits.pauseNanos(), nanos);
    this.dialer = dialer;
    this.backlog = new Backlog(limits, share, nanos);
    this.nanos = nanos;
  }

  /// The domain whose mail exchangers the hops are, where the route names that.
  Optional<DomainName> exchangersOf() {
    return route.exchangersOf();
  }

  /// The route that has led here first.
  Destination.Smtp route() {
    return route;
  }

  /// Takes a message, now or never; false where this destination has just been forgotten.
  boolean submit(SmtpJob job, List<NextHop> currentHops) {
    boolean unreachable;
    boolean taken;
    GivenUp failed;
    synchronized (this) {
      if (forgotten) {
        return false;
      }
      hosts.hops().become(currentHops);
      failed = hosts.lookAt(lanes, backlog);
      unreachable = hosts.isAway();
      taken = !unreachable && backlog.offer(job);
    }
    failed.tell();
    if (taken) {
      serve();
    } else if (unreachable) {
      job.giveUp(hosts.why());
    } else {
      putOff(job);
    }
    return true;
  }

  /// Takes a probe, now or never; false where this destination has just been forgotten.
  boolean submit(Probe probe, List<NextHop> currentHops) {
    Optional<ProbeAnswer> refusal;
    synchronized (this) {
      if (forgotten) {
        return false;
      }
      hosts.hops().become(currentHops);
      refusal = hosts.isAway() ? Optional.of(hosts.why().answer()) : backlog.probes().offer(probe);
    }
    refusal.ifPresentOrElse(probe::answer, this::serve);
    return true;
  }

  private void putOff(SmtpJob job) {
    job.defer(Reason.DESTINATION_BUSY, Reply.of(451, "4.3.2", route.name() + " is busy"));
  }

  /// Looks at what waits: defers it where the host has stopped taking mail, puts off what is too
  /// much or has waited for too long, and dials for the rest. Called on a timer, as nothing else
  /// may happen that would notice it.
  void look() {
    GivenUp failed;
    List<SmtpJob> excess;
    List<SmtpJob> unwanted;
    synchronized (this) {
      backlog.probes().removeAnswered();
      if (backlog.isEmpty() || backlog.isStopped()) {
        return;
      }
      unwanted = backlog.removeUnwanted();
      failed = hosts.lookAt(lanes, backlog);
      excess = backlog.removeExcess();
    }
    failed.tell();
    unwanted.forEach(SmtpJob::dropUnwanted);
    excess.forEach(this::putOff);
    serve();
  }

  /// A mail waits on its connection for being let go: others of its message may need another.
  ///
  /// @param rest of its recipients, who need another transaction
  void held(Optional<SmtpJob> rest) {
    rest.ifPresent(this::putBack);
    serve();
  }

  /// Gives what waits to connections that have nothing to do, or dials for it.
  private void serve() {
    while (true) {
      Lane lane = null;
      Work work;
      List<NextHop> order = List.of();
      synchronized (this) {
        work = lanes.hasIdle() ? take() : null;
        if (work != null) {
          lane = lanes.takeIdle();
        } else if (claimDial()) {
          order = hosts.hops().inOrder();
        } else {
          return; // a connection takes what waits when it has room
        }
      }
      if (lane != null && work != null) {
        lane.assign(work);
      } else {
        dialer.dial(this, order);
      }
    }
  }

  /// A connection has been greeted.
  synchronized void connected() {
    lanes.connected();
    hosts.greeted();
    backlog.probes().greeted();
  }

  /// No hop takes mail: what waits is given up, unless other connections still serve it.
  void unreachable(HopFailure why) {
    GivenUp failed;
    synchronized (this) {
      lanes.dialFailed();
      failed = hosts.dialFailed(why, lanes, backlog);
    }
    failed.tell();
  }

  /// A hop has failed: for a while the others come first.
  synchronized void avoid(NextHop hop) {
    hosts.hops().avoid(hop);
  }

  /// Whether there is another hop that has not failed of late.
  synchronized boolean hasAlternative(NextHop hop) {
    return hosts.hops().hasAlternative(hop);
  }

  /// The next work for a connection that has room.
  synchronized Optional<Work> next() {
    return Optional.ofNullable(take());
  }

  /// The next message for a connection that has room for one behind another.
  synchronized Optional<SmtpJob> nextMail() {
    return Optional.ofNullable(poll());
  }

  /// Puts back what a connection of this destination has taken and could not finish; it comes
  /// before what waits. The connection tells of its own end, or asks for more, afterwards.
  void putBack(SmtpJob job) {
    if (job.isOverdue(nanos.getAsLong())) {
      putOff(job);
      return;
    }
    synchronized (this) {
      backlog.putBack(job);
    }
  }

  /// Takes back probes that a connection has not asked; they come before those that wait. The
  /// connection tells of its own end, or asks for more, afterwards.
  synchronized void putBack(List<Probe> unasked) {
    backlog.probes().putBack(unasked);
  }

  /// A connection is done with its probes, or could not begin them.
  synchronized void probed() {
    backlog.probes().release();
  }

  /// How much of being asked the host bears.
  HostManners manners() {
    return backlog.probes().manners();
  }

  /// Takes back probes of a connection that is closing, or has closed.
  void askAgain(List<Probe> unasked) {
    putBack(unasked);
    serve();
  }

  /// Whether mail waits that no other connection will take.
  synchronized boolean isMailHeldUp() {
    return backlog.hasMail() && lanes.all() >= backlog.mostConnections();
  }

  /// A connection has nothing to do; false where work has come meanwhile.
  synchronized boolean idle(Lane lane) {
    if (backlog.hasWork()) {
      return false;
    }
    hosts.caughtUp();
    backlog.caughtUp();
    lanes.rest(lane);
    return true;
  }

  /// Takes an idle connection out of use; false where it has just been given a message.
  synchronized boolean withdraw(Lane lane) {
    return lanes.withdraw(lane);
  }

  /// A connection has ended; what waits gets another.
  void closed(Lane lane) {
    synchronized (this) {
      lanes.closed(lane);
    }
    serve();
  }

  /// A message that an idle connection was given and could not take, as it has ended.
  void resubmit(SmtpJob job) {
    if (job.isHopeless()) {
      job.defer(
          Reason.CONNECTION_LOST, Reply.of(451, "4.4.2", route.name() + " breaks connections"));
      return;
    }
    putBack(job);
    serve();
  }

  /// Begins nothing more: waiting mail is on the log, and the next start reads it again.
  void stopAccepting() {
    List<Probe> unasked;
    synchronized (this) {
      unasked = backlog.stop();
    }
    unasked.forEach(probe -> probe.answer(Probe.STOPPING));
  }

  /// Takes all idle connections out of use.
  synchronized List<Lane> drainIdle() {
    return lanes.drainIdle();
  }

  /// Forgets all, where nothing is left to remember; from then on nothing is taken.
  synchronized boolean forget() {
    forgotten = lanes.all() == 0 && backlog.isUnused() && !hosts.isAway();
    return forgotten;
  }

  synchronized boolean isForgotten() {
    return forgotten;
  }

  /// Why a message would have to wait now, or be given up; empty where it can be begun.
  synchronized Optional<Why> against() {
    if (hosts.isAway()) {
      return Optional.of(Why.UNREACHABLE);
    }
    if (backlog.isStopped()) {
      return Optional.of(Why.STOPPING);
    }
    return backlog.isLong() ? Optional.of(Why.BUSY) : Optional.empty();
  }

  synchronized DestinationState state() {
    int probing = backlog.probes().busy();
    return new DestinationState(
        route.name(),
        lanes.open() - lanes.idle() - probing,
        backlog.mails(),
        lanes.idle(),
        probing,
        backlog.probes().size(),
        false);
  }

  /// A connection has taken some more of a message: it is slow, perhaps, and has not stopped.
  synchronized void moved() {
    hosts.moved();
  }

  private @Nullable Work take() {
    Work work = backlog.next(lanes.open());
    if (work instanceof SmtpJob) {
      hosts.moved();
    }
    return work;
  }

  private @Nullable SmtpJob poll() {
    SmtpJob first = backlog.nextMail();
    if (first != null) {
      hosts.moved();
    }
    return first;
  }

  /// Whether what waits is worth one more connection, which is then counted.
  private boolean claimDial() {
    boolean wanted =
        lanes.all() < backlog.mostConnections()
            && lanes.dialling() < backlog.wanted()
            && hosts.mayDial(lanes);
    if (wanted) {
      hosts.dialled();
      lanes.dial();
    }
    return wanted;
  }
}
