package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What is known of one destination: its connections, and the messages that wait for one. A bounded
/// number of connections, a bounded queue; a host that could not be reached is left alone for a
/// while. Safe for all threads; nothing is called out to while its lock is held.
final class SmtpDestination {

  /// After so many messages a connection is ended: hosts behind a balancer get their share.
  static final int MAX_MESSAGES = 10_000;

  /// A job that was begun so often without a decision is given up for now.
  private static final int MAX_TRIES = 3;

  private final String name;
  private final Limits limits;
  private final Dialer dialer;
  private final LongSupplier nanos;
  private final ArrayDeque<SmtpJob> waiting = new ArrayDeque<>();
  private final ArrayDeque<SmtpConnection> idle = new ArrayDeque<>();
  private List<Destination.NextHop> hops;
  private int open;
  private int dialling;
  private boolean down;
  private long downUntil;
  private Reply downReply = Reply.of(451, "4.4.1", "Next hop cannot be reached");

  /// @param connections at most
  /// @param waiting messages at most; beyond them the destination is busy
  /// @param pauseNanos how long a host that could not be reached is left alone
  record Limits(int connections, int waiting, long pauseNanos) {}

  /// Opens connections.
  interface Dialer {
    /// Tries the hops in order; in the end calls [#connected], through a connection, or
    /// [#unreachable].
    void dial(SmtpDestination destination, List<Destination.NextHop> hops);
  }

  SmtpDestination(Destination.Smtp destination, Limits limits, Dialer dialer, LongSupplier nanos) {
    this.name = destination.name();
    this.hops = destination.hops();
    this.limits = limits;
    this.dialer = dialer;
    this.nanos = nanos;
  }

  /// Takes a message, now or never.
  void submit(SmtpJob job, List<Destination.NextHop> currentHops) {
    Optional<SmtpConnection> free = Optional.empty();
    boolean dial = false;
    boolean unreachable = false;
    boolean full = false;
    synchronized (this) {
      hops = currentHops;
      if (isDown()) {
        unreachable = true;
      } else if (!idle.isEmpty()) {
        free = Optional.of(idle.removeLast());
      } else if (waiting.size() >= limits.waiting()) {
        full = true;
      } else {
        waiting.add(job);
        dial = wantsConnection();
        if (dial) {
          dialling++;
        }
      }
    }
    if (unreachable) {
      job.defer(Reason.UNREACHABLE, downReply);
    } else if (full) {
      job.defer(Reason.DESTINATION_BUSY, Reply.of(451, "4.3.2", name + " is busy"));
    } else if (dial) {
      dialer.dial(this, currentHops);
    } else {
      free.ifPresent(connection -> connection.assign(job));
    }
  }

  /// A connection has been greeted.
  synchronized void connected() {
    dialling--;
    open++;
    down = false;
  }

  /// No hop could be reached: what waits is deferred, unless other connections still serve it.
  void unreachable(Reply reply) {
    List<SmtpJob> failed;
    synchronized (this) {
      dialling--;
      failed = giveUp(reply);
    }
    failed.forEach(job -> job.defer(Reason.UNREACHABLE, reply));
  }

  /// A hop was reached but takes no mail.
  void refused(Reply reply) {
    List<SmtpJob> failed;
    synchronized (this) {
      dialling--;
      failed = giveUp(reply);
    }
    failed.forEach(job -> job.defer(Reason.NEXT_HOP_DEFERRED, reply));
  }

  private List<SmtpJob> giveUp(Reply reply) {
    if (open > 0 || dialling > 0) {
      return List.of(); // the others go on
    }
    down = true;
    downUntil = nanos.getAsLong() + limits.pauseNanos();
    downReply = reply;
    List<SmtpJob> failed = new ArrayList<>(waiting);
    waiting.clear();
    return failed;
  }

  /// The next message for a connection that has room.
  synchronized Optional<SmtpJob> next() {
    return Optional.ofNullable(waiting.poll());
  }

  /// A connection has nothing to do; false where a message has come meanwhile.
  synchronized boolean idle(SmtpConnection connection) {
    if (!waiting.isEmpty()) {
      return false;
    }
    idle.add(connection);
    return true;
  }

  /// Takes an idle connection out of use; false where it has just been given a message.
  synchronized boolean withdraw(SmtpConnection connection) {
    if (!idle.remove(connection)) {
      return false;
    }
    open--;
    return true;
  }

  /// A connection has ended; what waits gets another.
  void closed(SmtpConnection connection) {
    boolean dial;
    List<Destination.NextHop> currentHops;
    synchronized (this) {
      idle.remove(connection);
      open--;
      dial = !waiting.isEmpty() && wantsConnection();
      if (dial) {
        dialling++;
      }
      currentHops = hops;
    }
    if (dial) {
      dialer.dial(this, currentHops);
    }
  }

  /// A message whose connection broke before anything was decided.
  void requeue(SmtpJob job) {
    if (job.tries() + 1 >= MAX_TRIES) {
      job.defer(Reason.CONNECTION_LOST, Reply.of(451, "4.4.2", name + " breaks connections"));
    } else {
      List<Destination.NextHop> currentHops;
      synchronized (this) {
        currentHops = hops;
      }
      submit(job.again(), currentHops);
    }
  }

  /// Idle connections, which are given up.
  synchronized List<SmtpConnection> drainIdle() {
    return List.copyOf(idle);
  }

  /// Whether nothing is left to remember.
  synchronized boolean isForgettable() {
    return open == 0 && dialling == 0 && waiting.isEmpty() && !isDown();
  }

  synchronized DestinationState state() {
    return new DestinationState(name, open - idle.size(), waiting.size(), idle.size());
  }

  private boolean isDown() {
    return down && nanos.getAsLong() - downUntil < 0;
  }

  private boolean wantsConnection() {
    return open + dialling < limits.connections() && dialling < waiting.size();
  }
}
