package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What is known of one destination: its connections, and the messages that wait for one. A bounded
/// number of connections, a bounded queue; a host that could not be reached is left alone for a
/// while. Safe for all threads; nothing is called out to while its lock is held.
final class SmtpDestination {

  private final Destination.Smtp route;
  private final Limits limits;
  private final Dialer dialer;
  private final LongSupplier nanos;
  private final DestinationQueue waiting;
  private final IntSupplier share;
  private final ProbeQueue probes;
  private final ArrayDeque<Lane> idle = new ArrayDeque<>();
  private final HopOrder hops;
  private final StallWatch stalls;
  private final Outage outage;

  private int open;
  private int dialling;
  private boolean stopping;
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
    this.hops = new HopOrder(destination.hops(), limits.pauseNanos(), nanos);
    this.outage = new Outage(limits.pauseNanos(), nanos);
    this.limits = limits;
    this.dialer = dialer;
    this.share = share;
    this.waiting = new DestinationQueue(limits.waiting(), share, nanos.getAsLong());
    this.probes = new ProbeQueue(limits.probes(), limits.connections(), limits.pauseNanos(), nanos);
    this.nanos = nanos;
    this.stalls = new StallWatch(nanos);
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
    boolean taken = false;
    GivenUp failed = GivenUp.NOTHING;
    synchronized (this) {
      if (forgotten) {
        return false;
      }
      hops.become(currentHops);
      if (isStalled()) {
        failed = stopTaking();
      }
      unreachable = outage.isOn();
      if (!unreachable && waiting.hasRoom(nanos.getAsLong())) {
        waiting.add(job, nanos.getAsLong());
        taken = true;
      }
    }
    failed.tell();
    if (taken) {
      serve();
    } else if (unreachable) {
      job.giveUp(outage.why());
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
      hops.become(currentHops);
      refusal = outage.isOn() ? Optional.of(outage.why().answer()) : probes.offer(probe);
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
    GivenUp failed = GivenUp.NOTHING;
    List<SmtpJob> excess = List.of();
    synchronized (this) {
      probes.removeAnswered();
      if ((waiting.isEmpty() && probes.size() == 0) || stopping) {
        return;
      }
      if (isStalled()) {
        failed = stopTaking();
      } else {
        excess = waiting.removeExcess(nanos.getAsLong());
      }
    }
    failed.tell();
    excess.forEach(this::putOff);
    serve();
  }

  /// Gives what waits to connections that have nothing to do, or dials for it.
  private void serve() {
    while (true) {
      Lane lane = null;
      Work work;
      List<NextHop> order = List.of();
      synchronized (this) {
        work = idle.isEmpty() ? null : take();
        if (work != null) {
          lane = idle.removeLast();
        } else if (!stopping && claimDial()) {
          order = hops.inOrder();
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
    dialling--;
    open++;
    outage.greeted();
    probes.greeted();
    stalls.moved();
  }

  /// No hop takes mail: what waits is given up, unless other connections still serve it.
  void unreachable(HopFailure why) {
    GivenUp failed;
    synchronized (this) {
      dialling--;
      failed = giveUp(why);
    }
    failed.tell();
  }

  private GivenUp giveUp(HopFailure why) {
    if (open == 0 && dialling > 0) {
      return GivenUp.NOTHING; // another dial is still looking
    }
    if (open > 0) {
      outage.restrain(); // the host has enough of us: those that are open go on
      return GivenUp.NOTHING;
    }
    if (waiting.isEmpty() && why instanceof HopFailure.Refusal) {
      return new GivenUp(List.of(), probes.refused(why), why);
    }
    return stop(why);
  }

  private GivenUp stopTaking() {
    Reply reply = Reply.of(451, "4.4.1", route.name() + " has stopped taking mail");
    return stop(new HopFailure.Unreachable(reply));
  }

  private GivenUp stop(HopFailure why) {
    outage.begin(why);
    return new GivenUp(waiting.removeAll(), probes.removeAll(), why);
  }

  /// A hop has failed: for a while the others come first.
  synchronized void avoid(NextHop hop) {
    hops.avoid(hop);
  }

  /// Whether there is another hop that has not failed of late.
  synchronized boolean hasAlternative(NextHop hop) {
    return hops.hasAlternative(hop);
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
      waiting.addFirst(job, nanos.getAsLong());
    }
  }

  /// Takes back probes that a connection has not asked; they come before those that wait. The
  /// connection tells of its own end, or asks for more, afterwards.
  synchronized void putBack(List<Probe> unasked) {
    probes.putBack(unasked);
  }

  /// A connection is done with its probes, or could not begin them.
  synchronized void probed() {
    probes.release();
  }

  /// How much of being asked the host bears.
  HostManners manners() {
    return probes.manners();
  }

  /// Takes back probes of a connection that is closing, or has closed.
  void askAgain(List<Probe> unasked) {
    putBack(unasked);
    serve();
  }

  /// Whether mail waits that no other connection will take.
  synchronized boolean isMailHeldUp() {
    return !waiting.isEmpty() && open + dialling >= mostConnections();
  }

  /// A connection has nothing to do; false where work has come meanwhile.
  synchronized boolean idle(Lane lane) {
    if (!stopping && (!waiting.isEmpty() || probes.wanted() > 0)) {
      return false;
    }
    stalls.moved();
    waiting.caughtUp();
    outage.end(); // where it had stopped, it has gone on
    idle.add(lane);
    return true;
  }

  /// Takes an idle connection out of use; false where it has just been given a message.
  synchronized boolean withdraw(Lane lane) {
    if (!idle.remove(lane)) {
      return false;
    }
    open--;
    return true;
  }

  /// A connection has ended; what waits gets another.
  void closed(Lane lane) {
    synchronized (this) {
      idle.remove(lane);
      open--;
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

  /// What waits is begun no more: the log has it, and the next start reads it again.
  void stopAccepting() {
    List<Probe> unasked;
    synchronized (this) {
      stopping = true;
      unasked = probes.stop();
    }
    unasked.forEach(probe -> probe.answer(Probe.STOPPING));
  }

  /// Takes all idle connections out of use.
  synchronized List<Lane> drainIdle() {
    List<Lane> drained = List.copyOf(idle);
    idle.clear();
    open -= drained.size();
    return drained;
  }

  /// Forgets all, where nothing is left to remember; from then on nothing is taken.
  synchronized boolean forget() {
    forgotten =
        open == 0 && dialling == 0 && waiting.isEmpty() && probes.isUnused() && !outage.isOn();
    return forgotten;
  }

  synchronized boolean isForgotten() {
    return forgotten;
  }

  synchronized DestinationState state() {
    int probing = probes.busy();
    return new DestinationState(
        route.name(),
        open - idle.size() - probing,
        waiting.size(),
        idle.size(),
        probing,
        probes.size());
  }

  /// A connection has taken some more of a message: it is slow, perhaps, and has not stopped.
  synchronized void moved() {
    stalls.moved();
  }

  private @Nullable Work take() {
    if (stopping) {
      return null;
    }
    if (waiting.isEmpty() || probes.goBeforeMail(open)) {
      Optional<ProbeBatch> batch = probes.poll();
      if (batch.isPresent()) {
        return batch.get();
      }
    }
    return poll();
  }

  private @Nullable SmtpJob poll() {
    SmtpJob first = stopping ? null : waiting.poll();
    if (first != null) {
      stalls.moved();
    }
    return first;
  }

  private boolean isStalled() {
    return idle.isEmpty()
        && stalls.isStalled(
            outage.hasBegun(),
            waiting.waited(nanos.getAsLong()),
            open + dialling >= limits.connections());
  }

  /// Whether what waits is worth one more connection, which is then counted.
  private boolean claimDial() {
    boolean wanted =
        open + dialling < mostConnections()
            && dialling < waiting.size() + probes.wanted()
            && !(open > 0 && outage.isRestrained());
    if (wanted) {
      stalls.dialled();
      dialling++;
    }
    return wanted;
  }

  /// A mail that has begun cannot be put off, so a slow host gets no more of them than its share.
  private int mostConnections() {
    return waiting.isSlow(nanos.getAsLong())
        ? Math.clamp(share.getAsInt(), 1, limits.connections())
        : limits.connections();
  }
}
