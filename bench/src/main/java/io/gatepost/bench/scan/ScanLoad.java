package io.gatepost.bench.scan;

import io.gatepost.bench.load.LoadProcess;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/// A client that has messages scanned and does nothing else: send all, read the answer, over a
/// session that is kept. As little as a scan can cost who asks for it.
public final class ScanLoad {

  private static final int ANSWER = 256;

  /// Scans to ask for.
  ///
  /// @param concurrency at a time
  /// @param size of a message's content, in octets
  public record Order(int concurrency, int size, int count) {

    private static Order of(String[] words) {
      return new Order(
          Integer.parseInt(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
    }

    /// As [LoadProcess#order] wants it.
    public Object[] words() {
      return new Object[] {concurrency, size, count};
    }
  }

  /// The result of a run.
  ///
  /// @param wrong scans that came to something else than a clean message
  /// @param example the first answer of these
  public record Outcome(int clean, int wrong, String example) {}

  private final InetSocketAddress server;
  private final AtomicInteger left = new AtomicInteger();
  private final List<String> wrong = new ArrayList<>();

  private ScanLoad(InetSocketAddress server) {
    this.server = server;
  }

  /// Carries out the words of an [Order] from standard input, as often as they come, and answers
  /// each with an [Outcome].
  ///
  /// @param arguments host and port
  public static void main(String[] arguments) {
    ScanLoad load =
        new ScanLoad(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])));
    LoadProcess.serve(words -> load.run(Order.of(words)));
  }

  private Outcome run(Order order) {
    left.set(order.count());
    int clean = 0;
    wrong.clear();
    List<FutureTask<Integer>> clients = new ArrayList<>();
    for (int i = 0; i < order.concurrency(); i++) {
      FutureTask<Integer> client = new FutureTask<>(() -> scan(order.size()));
      clients.add(client);
      Thread.ofPlatform().daemon().start(client);
    }
    try {
      for (FutureTask<Integer> client : clients) {
        clean += client.get();
      }
    } catch (ExecutionException e) {
      throw new UncheckedIOException(new IOException("scanning alone: " + e.getCause(), e));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // nobody interrupts a generator's only thread
    }
    return new Outcome(clean, wrong.size(), wrong.isEmpty() ? "" : wrong.getFirst());
  }

  /// One client: scans until none are left, in one session.
  ///
  /// @return how many came out clean
  private int scan(int size) throws IOException {
    ByteBuffer request = ClamdTalk.scanOf(size);
    ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER);
    int asked = 0;
    int done = 0;
    try (SocketChannel socket = SocketChannel.open(server)) {
      send(socket, ClamdTalk.session());
      while (left.getAndDecrement() > 0) {
        send(socket, request.rewind());
        String text = answer(socket, answer);
        if (text.equals(++asked + ": " + ClamdTalk.CLEAN)) {
          done++;
        } else {
          synchronized (wrong) {
            wrong.add(text);
          }
        }
      }
    }
    return done;
  }

  private static void send(SocketChannel socket, ByteBuffer octets) throws IOException {
    while (octets.hasRemaining()) {
      socket.write(octets);
    }
  }

  /// The answer before its NUL.
  private static String answer(SocketChannel socket, ByteBuffer octets) throws IOException {
    octets.clear();
    while (octets.position() == 0 || octets.get(octets.position() - 1) != 0) {
      if (!octets.hasRemaining() || socket.read(octets) < 0) {
        throw new EOFException("half an answer of %d octets".formatted(octets.position()));
      }
    }
    String text = StandardCharsets.ISO_8859_1.decode(octets.flip()).toString();
    return text.substring(0, text.length() - 1);
  }
}
