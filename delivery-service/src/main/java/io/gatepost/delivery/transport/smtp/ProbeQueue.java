package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.ProbeAnswer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Probes that wait for a connection to one destination, and how many connections probes use. Each
/// sender's in their order, the senders in turns. Guarded by its destination's lock.
final class ProbeQueue {

  private static final int PERCENT = 100;

  private final Limits limits;
  private final int most;
  private final ProbeRate rate;
  private final HostManners manners;
  private final Map<ReversePath, ArrayDeque<Probe>> bySender = new LinkedHashMap<>();

  /// Of questions only: a host that greets none of their connections may have had enough of them,
  /// and mail tries for itself.
  private final Outage outage;

  private boolean stopped;
  private int waiting;
  private int busy;

  /// How much of a destination probes may use.
  ///
  /// @param percent of its connections that probes use at most at a time; of two or more one is
  ///   always left to mail, and one to probes
  /// @param waiting for a connection at most
  /// @param recipients in one transaction at most
  /// @param perSecond recipients asked about at most
  record Limits(int percent, int waiting, int recipients, int perSecond) {
    int connections(int all) {
      return Math.clamp((long) all * percent / PERCENT, 1, Math.max(1, all - 1));
    }
  }

  /// @param connections of the destination
  /// @param pauseNanos how long a host that refused a connection is left alone
  ProbeQueue(Limits limits, int connections, long pauseNanos, LongSupplier nanos) {
    this.outage = new Outage(pauseNanos, nanos);
    this.limits = limits;
    this.most = limits.connections(connections);
    this.rate = new ProbeRate(limits.perSecond(), nanos);
    this.manners = new HostManners(nanos);
  }

  HostManners manners() {
    return manners;
  }

  /// Connections that probes use now.
  int busy() {
    return busy;
  }

  int size() {
    return waiting;
  }

  boolean isUnused() {
    return waiting == 0 && busy == 0 && !outage.isOn();
  }

  /// Adds one.
  ///
  /// @return its answer where it may not wait
  Optional<ProbeAnswer> offer(Probe probe) {
    if (stopped) {
      return Optional.of(Probe.STOPPING);
    }
    if (outage.isOn()) {
      return Optional.of(outage.why().answer());
    }
    if (waiting >= limits.waiting()) {
      removeAnswered();
    }
    if (waiting >= limits.waiting()) {
      return Optional.of(Probe.TOO_MANY);
    }
    waiting++;
    bySender.computeIfAbsent(probe.sender(), _ -> new ArrayDeque<>()).add(probe);
    return Optional.empty();
  }

  /// A connection was refused that only they wanted: takes all out, and for a while no more in.
  List<Probe> refused(HopFailure why) {
    outage.begin(why);
    return removeAll();
  }

  /// A connection has been greeted.
  void greeted() {
    outage.greeted();
  }

  /// Takes all out, and no more in.
  List<Probe> stop() {
    stopped = true;
    return removeAll();
  }

  /// Adds those of a connection that could not ask them, before all others of their sender.
  void putBack(List<Probe> probes) {
    for (Probe probe : probes.reversed()) {
      waiting++;
      bySender.computeIfAbsent(probe.sender(), _ -> new ArrayDeque<>()).addFirst(probe);
    }
  }

  /// How many more connections they are worth now.
  int wanted() {
    return Math.min(Math.min(waiting, rate.left()), most - busy);
  }

  /// Whether another connection may be given to probes although mail waits for one.
  ///
  /// @param open connections
  boolean goBeforeMail(int open) {
    return open > 1 && busy < limits.connections(open);
  }

  /// Takes the next ones out for a connection, which is theirs until [#release]: the one sender's
  /// that are due, spread over the connections that probes may use.
  Optional<ProbeBatch> poll() {
    if (wanted() <= 0) {
      return Optional.empty();
    }
    int size = Math.clamp((waiting + most - 1) / most, 1, mostInTransaction());
    List<Probe> batch = new ArrayList<>(size);
    while (batch.isEmpty() && !bySender.isEmpty()) {
      Map.Entry<ReversePath, ArrayDeque<Probe>> first = bySender.entrySet().iterator().next();
      bySender.remove(first.getKey());
      take(first.getValue(), size, batch);
      if (!first.getValue().isEmpty()) {
        bySender.put(first.getKey(), first.getValue());
      }
    }
    if (batch.isEmpty()) {
      return Optional.empty();
    }
    rate.take(batch.size());
    busy++;
    return Optional.of(new ProbeBatch(batch));
  }

  private int mostInTransaction() {
    return Math.clamp(rate.left(), 1, Math.min(limits.recipients(), manners.recipients()));
  }

  private void take(ArrayDeque<Probe> line, int most, List<Probe> batch) {
    while (batch.size() < most) {
      @Nullable Probe probe = line.poll();
      if (probe == null) {
        return;
      }
      waiting--;
      if (probe.isOpen()) {
        batch.add(probe);
      }
    }
  }

  /// A connection is done with its probes.
  void release() {
    busy--;
  }

  /// Takes all out.
  List<Probe> removeAll() {
    List<Probe> all = new ArrayList<>(waiting);
    bySender.values().forEach(all::addAll);
    bySender.clear();
    waiting = 0;
    return all;
  }

  /// Drops those whose time is over.
  void removeAnswered() {
    Iterator<ArrayDeque<Probe>> lines = bySender.values().iterator();
    while (lines.hasNext()) {
      ArrayDeque<Probe> line = lines.next();
      int before = line.size();
      line.removeIf(probe -> !probe.isOpen());
      waiting -= before - line.size();
      if (line.isEmpty()) {
        lines.remove();
      }
    }
  }
}
