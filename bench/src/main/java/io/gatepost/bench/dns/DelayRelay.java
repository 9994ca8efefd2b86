package io.gatepost.bench.dns;

import io.gatepost.bench.load.LoadProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Puts a name server some way off: passes on questions at once, and holds its answers for a while.
/// UDP only.
public final class DelayRelay {

  /// Where questions go, and how long answers are held.
  public record Aim(int port, int millis) {}

  private record Asker(SocketAddress address, short id) {}

  private record Held(long due, ByteBuffer answer, SocketAddress to) {}

  /// Questions that are not answered yet, one for each number that a question can have; the oldest
  /// is forgotten when its number is needed again.
  private static final int MAX_ASKERS = 1 << 16;

  /// Answers that are held; beyond it they are dropped.
  private static final int MAX_HELD = 1 << 16;

  private static final int MAX_DATAGRAM = 4096;
  private static final int HEADER = 12;
  private static final int POLL_MILLIS = 20;

  private final Selector selector;
  private final DatagramChannel front;
  private final DatagramChannel back;
  private final @Nullable Asker[] askers = new Asker[MAX_ASKERS];
  private final Queue<Held> held = new ArrayDeque<>();
  private final ByteBuffer datagram = ByteBuffer.allocate(MAX_DATAGRAM);
  private SocketAddress server = new InetSocketAddress(0);
  private long nanos;
  private short asked;

  private DelayRelay(InetSocketAddress address) throws IOException {
    selector = Selector.open();
    front = DatagramChannel.open().bind(address);
    back = DatagramChannel.open().bind(new InetSocketAddress(address.getAddress(), 0));
    for (DatagramChannel channel : new DatagramChannel[] {front, back}) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
    }
  }

  /// Relays until its input ends; a line there, a port and milliseconds, is an [Aim].
  ///
  /// @param arguments host and port
  public static void main(String[] arguments) throws IOException {
    InetSocketAddress address = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    DelayRelay relay = new DelayRelay(address);
    LoadProcess.serve(
        words -> relay.aim(new Aim(Integer.parseInt(words[0]), Integer.parseInt(words[1]))),
        relay::poll);
  }

  private Aim aim(Aim aim) {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), aim.port());
    nanos = TimeUnit.MILLISECONDS.toNanos(aim.millis());
    return aim;
  }

  private void poll() {
    try {
      long wait = POLL_MILLIS;
      if (!held.isEmpty()) {
        wait = TimeUnit.NANOSECONDS.toMillis(held.element().due() - System.nanoTime());
      }
      // A wait of 0 would be one without end.
      if (wait > 0) {
        selector.select(wait);
      } else {
        selector.selectNow();
      }
      selector.selectedKeys().clear();
      ask();
      hold();
      answer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void ask() throws IOException {
    for (SocketAddress from = receive(front); from != null; from = receive(front)) {
      if (datagram.limit() < HEADER) {
        continue;
      }
      askers[Short.toUnsignedInt(++asked)] = new Asker(from, datagram.getShort(0));
      datagram.putShort(0, asked);
      back.send(datagram, server);
    }
  }

  private void hold() throws IOException {
    for (SocketAddress from = receive(back); from != null; from = receive(back)) {
      if (datagram.limit() < HEADER || held.size() == MAX_HELD) {
        continue;
      }
      int number = Short.toUnsignedInt(datagram.getShort(0));
      Asker asker = askers[number];
      askers[number] = null;
      if (asker != null) {
        datagram.putShort(0, asker.id());
        ByteBuffer answer = ByteBuffer.allocate(datagram.limit()).put(datagram).flip();
        held.add(new Held(System.nanoTime() + nanos, answer, asker.address()));
      }
    }
  }

  private void answer() throws IOException {
    while (!held.isEmpty() && held.element().due() <= System.nanoTime()) {
      Held next = held.remove();
      front.send(next.answer(), next.to());
    }
  }

  private @Nullable SocketAddress receive(DatagramChannel channel) throws IOException {
    datagram.clear();
    SocketAddress from = channel.receive(datagram);
    datagram.flip();
    return from;
  }
}
