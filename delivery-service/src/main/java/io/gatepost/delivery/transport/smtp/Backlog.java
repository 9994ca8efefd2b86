package io.gatepost.delivery.transport.smtp;

import io.gatepost.delivery.transport.DestinationQueue;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Work that waits for connections to one destination: mail, and questions. It says which is next,
/// and how many connections it is worth. Guarded by its destination's lock.
final class Backlog {

  /// The number that may wait for each connection before a host is said to be busy.
  private static final int LEAST_WAITING = 10;

  private final DestinationQueue<SmtpJob> mails;
  private final ProbeQueue probes;
  private final int mostConnections;
  private final IntSupplier share;
  private final LongSupplier nanos;
  private boolean stopped;

  /// @param share of the room for attempts that the destination may have when it is slow
  Backlog(SmtpDestination.Limits limits, IntSupplier share, LongSupplier nanos) {
    this.mails = new DestinationQueue<>(limits.waiting(), share, nanos.getAsLong());
    this.probes = new ProbeQueue(limits.probes(), limits.connections(), limits.pauseNanos(), nanos);
    this.mostConnections = limits.connections();
    this.share = share;
    this.nanos = nanos;
  }

  ProbeQueue probes() {
    return probes;
  }

  int mails() {
    return mails.size();
  }

  boolean hasMail() {
    return !mails.isEmpty();
  }

  /// Whether something waits, be it to be begun now or later.
  boolean isEmpty() {
    return mails.isEmpty() && probes.size() == 0;
  }

  /// Whether nothing waits and no connection is used for questions.
  boolean isUnused() {
    return mails.isEmpty() && probes.isUnused();
  }

  /// Adds a message; false where no more may wait.
  boolean offer(SmtpJob job) {
    boolean hasRoom = mails.hasRoom(nanos.getAsLong());
    if (hasRoom) {
      mails.add(job, nanos.getAsLong());
    }
    return hasRoom;
  }

  /// Adds a message that a connection could not finish, before all others.
  void putBack(SmtpJob job) {
    mails.addFirst(job, nanos.getAsLong());
  }

  /// Takes the next work for a connection that has room.
  ///
  /// @param open connections
  @Nullable Work next(int open) {
    if (stopped) {
      return null;
    }
    if (mails.isEmpty() || probes.goBeforeMail(open)) {
      Optional<ProbeBatch> batch = probes.poll();
      if (batch.isPresent()) {
        return batch.get();
      }
    }
    return mails.poll();
  }

  /// Takes the next message.
  @Nullable SmtpJob nextMail() {
    return stopped ? null : mails.poll();
  }

  /// Whether a connection that has room would get work.
  boolean hasWork() {
    return !stopped && (!mails.isEmpty() || probes.wanted() > 0);
  }

  /// How many connections it is worth.
  int wanted() {
    return stopped ? 0 : mails.size() + probes.wanted();
  }

  /// How many it may have. A mail that has begun cannot be put off, so a slow host gets no more of
  /// them than its share.
  int mostConnections() {
    return mails.isSlow(nanos.getAsLong())
        ? Math.clamp(share.getAsInt(), 1, mostConnections)
        : mostConnections;
  }

  /// How long the first message has waited, in nanoseconds.
  long waited() {
    return mails.waited(nanos.getAsLong());
  }

  /// The host has caught up.
  void caughtUp() {
    mails.caughtUp();
  }

  /// Takes out messages that are not to be delivered any more.
  List<SmtpJob> removeUnwanted() {
    return mails.removeIf(job -> !job.isWanted());
  }

  /// Whether one more message would have to wait for long.
  boolean isLong() {
    return !mails.isEmpty() && mails.isLong(LEAST_WAITING * mostConnections, nanos.getAsLong());
  }

  /// Takes out messages that are too much, or have waited for too long.
  List<SmtpJob> removeExcess() {
    return mails.removeExcess(nanos.getAsLong());
  }

  /// Takes out all that waits, as no host takes it.
  GivenUp removeAll(HopFailure why) {
    return new GivenUp(mails.removeAll(), probes.removeAll(), why);
  }

  /// Begins nothing more; messages stay.
  ///
  /// @return the questions that waited
  List<Probe> stop() {
    stopped = true;
    return probes.stop();
  }

  boolean isStopped() {
    return stopped;
  }
}
