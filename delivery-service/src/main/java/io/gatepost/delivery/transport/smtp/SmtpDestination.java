package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What is known of one destination: its connections, and the messages that wait for one. A bounded
/// number of connections, a bounded queue; a host that could not be reached is left alone for a
/// while. Safe for all threads; nothing is called out to while its lock is held.
final class SmtpDestination {

  /// So many may wait, however long it takes; more only while the first has not waited for
  /// [#PATIENCE]. A burst may fill the queue, a slow host may not: its mail would take the room of
  /// everybody's.
  private static final int ALWAYS_WAITING = 100;

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /// A host whose connections are all taken, or wait to be greeted, and have not come free for so
  /// long has stopped.
  private static final Duration STALLED = Duration.ofSeconds(30);

  /// So long where it was down before.
  private static final Duration STALLED_AGAIN = Duration.ofSeconds(2);

  private final String name;
  private final Optional<DomainName> exchangersOf;
  private final Limits limits;
  private final Dialer dialer;
  private final LongSupplier nanos;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final ArrayDeque<Lane> idle = new ArrayDeque<>();

  /// Hops that have failed, and until when others come first.
  private final Map<NextHop, Long> avoided = new HashMap<>();

  private List<NextHop> hops;
  private int open;
  private int dialling;
  private boolean down;
  private boolean restrained;
  private boolean stopping;
  private boolean forgotten;
  private long pauseUntil;
  private long lastProgress;
  private Reason downReason = Reason.UNREACHABLE;
  private Reply downReply = Reply.of(451, "4.4.1", "Next hop cannot be reached");

  /// A message and since when it waits.
  private record Waiting(SmtpJob job, long sinceNanos) {}

  /// @param connections at most
  /// @param waiting messages at most; beyond them the destination is busy
  /// @param pauseNanos how long a host that could not be reached is left alone
  record Limits(int connections, int waiting, long pauseNanos) {}

  /// Opens connections.
  interface Dialer {
    /// Tries the hops in order; in the end calls [#connected] or [#unreachable], once.
    void dial(SmtpDestination destination, List<NextHop> hops);
  }

  /// A connection that waits for work.
  interface Lane {
    /// Takes a message; called from any thread.
    void assign(SmtpJob job);

    /// Ends the conversation, if nothing has come meanwhile; called from any thread.
    void quit();
  }

  SmtpDestination(Destination.Smtp destination, Limits limits, Dialer dialer, LongSupplier nanos) {
    this.name = destination.name();
    this.exchangersOf = destination.exchangersOf();
    this.hops = destination.hops();
    this.limits = limits;
    this.dialer = dialer;
    this.nanos = nanos;
    this.lastProgress = nanos.getAsLong();
  }

  /// The domain whose mail exchangers the hops are, where the route names that.
  Optional<DomainName> exchangersOf() {
    return exchangersOf;
  }

  /// Takes a message, now or never; false where this destination has just been forgotten.
  boolean submit(SmtpJob job, List<NextHop> currentHops) {
    boolean unreachable;
    boolean taken = false;
    List<SmtpJob> failed = List.of();
    synchronized (this) {
      if (forgotten) {
        return false;
      }
      hops = currentHops;
      if (isStalled()) {
        failed = stopTaking();
      }
      unreachable = isDown();
      if (!unreachable && hasRoom()) {
        waiting.add(new Waiting(job, nanos.getAsLong()));
        taken = true;
      }
    }
    failed.forEach(waited -> waited.defer(downReason, downReply));
    if (taken) {
      serve();
    } else if (unreachable) {
      job.defer(downReason, downReply);
    } else {
      job.defer(Reason.DESTINATION_BUSY, Reply.of(451, "4.3.2", name + " is busy"));
    }
    return true;
  }

  /// Defers what waits where the host has stopped taking mail: called on a timer, as no message may
  /// come that would notice it.
  void look() {
    List<SmtpJob> failed = List.of();
    synchronized (this) {
      if (!waiting.isEmpty() && isStalled()) {
        failed = stopTaking();
      }
    }
    failed.forEach(waited -> waited.defer(downReason, downReply));
  }

  /// Gives what waits to connections that have nothing to do, or dials for it.
  private void serve() {
    while (true) {
      Lane lane = null;
      SmtpJob job = null;
      List<NextHop> order = List.of();
      synchronized (this) {
        if (waiting.isEmpty() || stopping) {
          return;
        }
        if (!idle.isEmpty()) {
          lane = idle.removeLast();
          job = poll();
        } else if (claimDial()) {
          order = inOrder();
        } else {
          return; // a connection takes it when it has room
        }
      }
      if (lane != null && job != null) {
        lane.assign(job);
      } else {
        dialer.dial(this, order);
      }
    }
  }

  /// A connection has been greeted.
  synchronized void connected() {
    dialling--;
    open++;
    down = false;
    restrained = false;
    lastProgress = nanos.getAsLong();
  }

  /// No hop takes mail: what waits is deferred, unless other connections still serve it.
  void unreachable(Reason reason, Reply reply) {
    List<SmtpJob> failed;
    synchronized (this) {
      dialling--;
      failed = giveUp(reason, reply);
    }
    failed.forEach(job -> job.defer(reason, reply));
  }

  private List<SmtpJob> giveUp(Reason reason, Reply reply) {
    if (open == 0 && dialling > 0) {
      return List.of(); // another dial is still looking
    }
    pauseUntil = nanos.getAsLong() + limits.pauseNanos();
    if (open > 0) {
      restrained = true; // the host has enough of us: those that are open go on
      return List.of();
    }
    return stop(reason, reply);
  }

  private List<SmtpJob> stopTaking() {
    return stop(Reason.UNREACHABLE, Reply.of(451, "4.4.1", name + " has stopped taking mail"));
  }

  private List<SmtpJob> stop(Reason reason, Reply reply) {
    pauseUntil = nanos.getAsLong() + limits.pauseNanos();
    down = true;
    downReason = reason;
    downReply = reply;
    List<SmtpJob> failed = new ArrayList<>(waiting.size());
    waiting.forEach(each -> failed.add(each.job()));
    waiting.clear();
    return failed;
  }

  /// A hop has failed: for a while the others come first.
  synchronized void avoid(NextHop hop) {
    if (hops.size() > 1 && hops.contains(hop)) {
      avoided.keySet().retainAll(hops);
      avoided.put(hop, nanos.getAsLong() + limits.pauseNanos());
    }
  }

  /// Whether there is another hop that has not failed of late.
  synchronized boolean hasAlternative(NextHop hop) {
    return hops.stream().anyMatch(other -> !other.equals(hop) && !isAvoided(other));
  }

  /// The next message for a connection that has room.
  synchronized Optional<SmtpJob> next() {
    return Optional.ofNullable(poll());
  }

  /// Puts back what a connection of this destination has taken and could not finish; it comes
  /// before what waits. The connection tells of its own end, or asks for more, afterwards.
  synchronized void putBack(SmtpJob job) {
    waiting.addFirst(new Waiting(job, nanos.getAsLong()));
  }

  /// A connection has nothing to do; false where a message has come meanwhile.
  synchronized boolean idle(Lane lane) {
    if (!waiting.isEmpty() && !stopping) {
      return false;
    }
    lastProgress = nanos.getAsLong();
    down = false; // where it had stopped, it has gone on
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
      job.defer(Reason.CONNECTION_LOST, Reply.of(451, "4.4.2", name + " breaks connections"));
      return;
    }
    putBack(job);
    serve();
  }

  /// What waits is begun no more: the log has it, and the next start reads it again.
  synchronized void beginNoMore() {
    stopping = true;
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
    forgotten = open == 0 && dialling == 0 && waiting.isEmpty() && !isDown();
    return forgotten;
  }

  synchronized boolean isForgotten() {
    return forgotten;
  }

  synchronized DestinationState state() {
    return new DestinationState(name, open - idle.size(), waiting.size(), idle.size());
  }

  /// A connection has taken some more of a message: it is slow, perhaps, and has not stopped.
  synchronized void moved() {
    lastProgress = nanos.getAsLong();
  }

  private @Nullable SmtpJob poll() {
    Waiting first = stopping ? null : waiting.poll();
    if (first == null) {
      return null;
    }
    lastProgress = nanos.getAsLong();
    return first.job();
  }

  private boolean hasRoom() {
    Waiting first = waiting.peek();
    return first == null
        || waiting.size() < Math.min(ALWAYS_WAITING, limits.waiting())
        || waiting.size() < limits.waiting()
            && nanos.getAsLong() - first.sinceNanos() < PATIENCE.toNanos();
  }

  private boolean isStalled() {
    Duration patience = down ? STALLED_AGAIN : STALLED;
    return open + dialling >= limits.connections()
        && idle.isEmpty()
        && nanos.getAsLong() - lastProgress > patience.toNanos();
  }

  private boolean isDown() {
    return down && isPaused();
  }

  private boolean isPaused() {
    return nanos.getAsLong() - pauseUntil < 0;
  }

  private boolean isAvoided(NextHop hop) {
    Long until = avoided.get(hop);
    return until != null && nanos.getAsLong() - until < 0;
  }

  private List<NextHop> inOrder() {
    if (avoided.isEmpty()) {
      return hops;
    }
    List<NextHop> order = new ArrayList<>(hops.size());
    hops.stream().filter(hop -> !isAvoided(hop)).forEach(order::add);
    hops.stream().filter(this::isAvoided).forEach(order::add);
    return order;
  }

  /// Whether what waits is worth one more connection, which is then counted.
  private boolean claimDial() {
    boolean wanted =
        open + dialling < limits.connections()
            && dialling < waiting.size()
            && !(restrained && open > 0 && isPaused());
    if (wanted) {
      if (open + dialling == 0) {
        lastProgress = nanos.getAsLong(); // nothing was expected of it before
      }
      dialling++;
    }
    return wanted;
  }
}
