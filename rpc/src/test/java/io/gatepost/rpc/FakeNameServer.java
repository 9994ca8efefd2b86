package io.gatepost.rpc;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A name server that knows one zone of addresses, which a test changes while it runs, and gives
/// its answers ten minutes to live, as Docker's does (RFC 1035 §4).
final class FakeNameServer implements AutoCloseable {

  private static final int HEADER = 12;
  private static final int TYPE_A = 1;
  private static final int NXDOMAIN = 3;
  private static final int SERVFAIL = 2;
  private static final int TTL = 600;

  final AtomicInteger asks = new AtomicInteger();
  private final DatagramSocket socket;
  private volatile List<InetAddress> addresses = List.of();
  private volatile boolean fails;

  FakeNameServer() throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::serve);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
  }

  void has(String... all) {
    fails = false;
    addresses = FakeLookup.of(all);
  }

  /// Answers SERVFAIL.
  void fails() {
    fails = true;
  }

  private void serve() {
    byte[] buffer = new byte[512];
    while (!socket.isClosed()) {
      DatagramPacket asked = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(asked);
        asks.incrementAndGet();
        byte[] answer = answer(Arrays.copyOf(buffer, asked.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, asked.getSocketAddress()));
      } catch (IOException e) {
        return; // the test is over
      }
    }
  }

  private byte[] answer(byte[] query) {
    int end = HEADER;
    while (query[end] != 0) {
      end += query[end] + 1;
    }
    end += 5; // the root, type and class
    boolean isA = query[end - 3] == TYPE_A;
    List<InetAddress> found = isA && !fails ? addresses : List.of();
    ByteBuffer answer = ByteBuffer.allocate(512);
    answer.put(query, 0, 2);
    int code = fails ? SERVFAIL : addresses.isEmpty() ? NXDOMAIN : 0;
    answer.putShort((short) (0x8580 | code));
    answer.putShort((short) 1).putShort((short) found.size()).putShort((short) 0);
    answer.putShort((short) 0);
    answer.put(query, HEADER, end - HEADER);
    for (InetAddress each : found) {
      answer.putShort((short) 0xC00C).putShort((short) TYPE_A).putShort((short) 1);
      answer.putInt(TTL).putShort((short) 4).put(each.getAddress());
    }
    return Arrays.copyOf(answer.array(), answer.position());
  }

  @Override
  public void close() {
    socket.close();
  }
}
