package io.gatepost.testkit.scanner;

import io.gatepost.embedded.FreePort;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A server over TCP or a UNIX socket that serves each connection as its script says, misbehaviour
/// included. Its address stays the same over [#goDown] and [#comeUp].
public final class FakeScanner implements AutoCloseable {

  /// How one connection is served. It is closed when this returns or fails; a failure that the
  /// client causes by leaving is expected.
  @FunctionalInterface
  public interface Script {
    void serve(Talk talk) throws IOException;
  }

  private final SocketAddress address;
  private final Set<Closeable> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private volatile Script script;
  private @Nullable ServerSocketChannel listener;
  private Thread accepting = new Thread(() -> {});

  private FakeScanner(SocketAddress address, Script script) {
    this.address = address;
    this.script = script;
  }

  /// One that listens on a free port of the loopback address.
  public static FakeScanner start(Script script) {
    FakeScanner scanner =
        new FakeScanner(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find()), script);
    scanner.comeUp();
    return scanner;
  }

  /// One that listens on a UNIX socket.
  public static FakeScanner startUnix(Path socket, Script script) {
    FakeScanner scanner = new FakeScanner(UnixDomainSocketAddress.of(socket), script);
    scanner.comeUp();
    return scanner;
  }

  /// Where it listens when it is up, as in settings: `127.0.0.1:port` or `unix:/path`.
  public String address() {
    return switch (address) {
      case InetSocketAddress tcp -> "127.0.0.1:" + tcp.getPort();
      case UnixDomainSocketAddress unix -> "unix:" + unix.getPath();
      default -> throw new IllegalStateException("address: " + address);
    };
  }

  /// Serves connections from now on so; those that are open go on as they began.
  public void behave(Script next) {
    script = next;
  }

  /// How many connections are being served: a script that only waits learns of its client's leaving
  /// by [Talk#awaitEnd].
  public int open() {
    return connections.size();
  }

  /// How many connections have been accepted in all.
  public int accepted() {
    return accepted.get();
  }

  /// The most that were served at a time.
  public int most() {
    return most.get();
  }

  /// Listens.
  public synchronized void comeUp() {
    try {
      ServerSocketChannel next =
          address instanceof UnixDomainSocketAddress
              ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
              : ServerSocketChannel.open().setOption(StandardSocketOptions.SO_REUSEADDR, true);
      next.bind(address);
      listener = next;
      accepting = Thread.ofVirtual().name("fake-scanner").start(() -> accept(next));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Listens no more: new connections are refused, those that are open are closed.
  public synchronized void goDown() {
    try {
      if (listener != null) {
        listener.close();
        listener = null;
        accepting.join(); // the port is free when it has ended
      }
      for (Closeable connection : connections) {
        connection.close();
      }
      if (address instanceof UnixDomainSocketAddress unix) {
        Files.deleteIfExists(unix.getPath());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    goDown();
  }

  private void accept(ServerSocketChannel from) {
    while (from.isOpen()) {
      try {
        SocketChannel connection = from.accept();
        connections.add(connection);
        accepted.incrementAndGet();
        most.accumulateAndGet(connections.size(), Math::max);
        Script its = script;
        Thread.ofVirtual().name("fake-scan").start(() -> serve(connection, its));
      } catch (IOException e) {
        if (from.isOpen()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(SocketChannel connection, Script its) {
    try (connection) {
      its.serve(new Talk(connection));
    } catch (IOException _) {
      // the client has left, or the test has ended
    } finally {
      connections.remove(connection);
    }
  }
}
