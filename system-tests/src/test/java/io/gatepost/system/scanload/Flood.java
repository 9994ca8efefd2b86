package io.gatepost.system.scanload;

import io.gatepost.system.Estate;
import io.gatepost.system.scanload.Sender.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Clients that send so many messages a second, whatever becomes of those before: each goes over a
/// session that waits for nothing, or over a new one.
final class Flood implements AutoCloseable {

  /// Below `max-connections-per-address`.
  private static final int PER_ADDRESS = 40;

  private final InetSocketAddress server;
  private final Origin origin;
  private final int octets;
  private final int mostSessions;
  private final Deque<Sender> idle = new ConcurrentLinkedDeque<>();
  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger offered = new AtomicInteger();
  private final AtomicInteger withheld = new AtomicInteger();
  private final Queue<Sent> sent = new ConcurrentLinkedQueue<>();
  private final Queue<IOException> broken = new ConcurrentLinkedQueue<>();

  /// Where clients are.
  enum Origin {
    /// A network that may relay.
    INTERNAL,
    /// Many addresses, each with some sessions.
    EXTERNAL,
    /// One address of another network.
    OTHER
  }

  /// A message and its end.
  record Sent(String messageId, Verdict verdict) {}

  /// @param octets of each message
  /// @param mostSessions beyond it a message is withheld
  Flood(InetSocketAddress server, Origin origin, int octets, int mostSessions) {
    this.server = server;
    this.origin = origin;
    this.octets = octets;
    this.mostSessions = mostSessions;
  }

  /// Sends for a while; returns once the last message has its reply.
  ///
  /// @return how long messages were offered
  Duration run(int perSecond, Duration time) {
    long began = System.nanoTime();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; ; i++) {
        long due = i * 1_000_000_000L / perSecond;
        if (due >= time.toNanos()) {
          return Duration.ofNanos(System.nanoTime() - began);
        }
        LockSupport.parkNanos(due - (System.nanoTime() - began));
        clients.submit(this::send);
      }
    }
  }

  /// Messages that were sent, whatever came of them.
  int offered() {
    return offered.get();
  }

  /// Messages that were not sent, as there were too many sessions.
  int withheld() {
    return withheld.get();
  }

  int sessions() {
    return sessions.get();
  }

  /// Messages that have had a reply.
  List<Sent> sent() {
    return List.copyOf(sent);
  }

  /// Sessions that have broken off.
  List<IOException> broken() {
    return List.copyOf(broken);
  }

  /// The wait from final dot to reply of those that were accepted, or of those that were not.
  Times waits(boolean accepted) {
    return Times.of(
        sent.stream()
            .map(Sent::verdict)
            .filter(verdict -> verdict.isAccepted() == accepted)
            .map(Verdict::took)
            .toList());
  }

  private void send() {
    Sender sender = idle.poll();
    try {
      if (sender == null) {
        int session = sessions.getAndIncrement();
        if (session >= mostSessions) {
          sessions.decrementAndGet();
          withheld.incrementAndGet();
          return;
        }
        sender = Sender.connect(server, address(session));
      }
      offered.incrementAndGet();
      String id = Estate.newMessageId();
      Verdict verdict = sender.send("a@client.example", Sender.message(id, octets));
      sent.add(new Sent(id, verdict));
      if (verdict.reply().isEmpty()) {
        sender.close();
        throw new IOException("the server has closed");
      }
      idle.push(sender);
    } catch (IOException e) {
      broken.add(e);
    }
  }

  private String address(int session) {
    int address = session / PER_ADDRESS;
    return switch (origin) {
      case INTERNAL -> "127.0.0.1";
      case EXTERNAL -> "127.1." + address / 200 + "." + (1 + address % 200);
      case OTHER -> "127.2.0.1";
    };
  }

  @Override
  public void close() {
    for (Sender sender : idle) {
      try {
        sender.close();
      } catch (IOException e) {
        broken.add(e);
      }
    }
  }
}
