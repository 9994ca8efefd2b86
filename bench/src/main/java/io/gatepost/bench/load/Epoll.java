package io.gatepost.bench.load;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;

/// Sockets and `epoll` as the kernel has them, called directly: a generator shares the processors
/// with what it measures, and so has to cost as little as it can. Linux, IPv4, one thread.
final class Epoll implements AutoCloseable {

  /// Result of [#receive] where nothing is there yet.
  static final int NOTHING_YET = -1;

  /// Its result where the connection is no more.
  static final int BROKEN = -2;

  private static final int AF_INET = 2;
  private static final int STREAM_NONBLOCK = 1 | 2048; // SOCK_STREAM | SOCK_NONBLOCK
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLLIN = 1;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_NODELAY = 1;
  private static final int IP_BIND_ADDRESS_NO_PORT = 24;
  private static final int SHUT_WR = 1;
  private static final int ENOTCONN = 107;
  private static final int EAGAIN = 11;
  private static final int EINTR = 4;
  private static final int EINPROGRESS = 115;

  private static final int EVENTS = 512;
  private static final int BUFFER = 16_384;

  /// `struct epoll_event` is packed on x86 only.
  private static final long EVENT_SIZE = "amd64".equals(System.getProperty("os.arch")) ? 12 : 16;

  private static final long EVENT_DATA = EVENT_SIZE - 8;
  private static final long SOCKADDR_SIZE = 16;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET =
      call("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      call(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle BIND =
      call("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle CONNECT =
      call("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle LISTEN =
      call("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle ACCEPT =
      call("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
  private static final MethodHandle SEND =
      call("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle RECV =
      call("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SHUTDOWN =
      call("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle EPOLL_CREATE =
      call("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle EPOLL_CTL =
      call("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle EPOLL_WAIT =
      call("epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(STATE);
  private final MemorySegment events = arena.allocate(EVENT_SIZE * EVENTS, 8);
  private final MemorySegment event = arena.allocate(EVENT_SIZE, 8);
  private final MemorySegment one = arena.allocateFrom(JAVA_INT, 1);
  private final MemorySegment source = arena.allocate(SOCKADDR_SIZE, 8);
  private final MemorySegment buffer = arena.allocate(BUFFER);
  private final int descriptor;

  Epoll() {
    this.descriptor = check("epoll_create1", invoke1(EPOLL_CREATE, 0));
  }

  /// An address as the kernel wants it, valid as long as this object.
  MemorySegment address(InetSocketAddress address) {
    MemorySegment name = arena.allocate(SOCKADDR_SIZE, 8);
    name.set(JAVA_SHORT, 0, (short) AF_INET);
    name.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) address.getPort());
    MemorySegment.copy(
        MemorySegment.ofArray(address.getAddress().getAddress()), 0, name, 4, Integer.BYTES);
    return name;
  }

  /// The loopback address with these octets, as [#address], until the next one is asked for.
  MemorySegment source(int octets) {
    source.set(JAVA_SHORT, 0, (short) AF_INET);
    source.set(JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN), Integer.BYTES, octets);
    return source;
  }

  /// Begins a connection; it is watched, and what the server says can be received.
  ///
  /// @param source port 0: any
  int connect(MemorySegment source, MemorySegment server) {
    try {
      int socket = (int) SOCKET.invokeExact(state, AF_INET, STREAM_NONBLOCK, 0);
      check("socket", socket);
      check(
          "setsockopt",
          (int)
              SETSOCKOPT.invokeExact(
                  state, socket, 0, IP_BIND_ADDRESS_NO_PORT, one, Integer.BYTES));
      check("bind", (int) BIND.invokeExact(state, socket, source, (int) SOCKADDR_SIZE));
      int begun = (int) CONNECT.invokeExact(state, socket, server, (int) SOCKADDR_SIZE);
      if (begun < 0 && errno() != EINPROGRESS) {
        check("connect", begun);
      }
      watch(socket);
      return socket;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Listens; the socket is watched.
  int listen(InetSocketAddress address, int backlog) {
    try {
      int socket = (int) SOCKET.invokeExact(state, AF_INET, STREAM_NONBLOCK, 0);
      check("socket", socket);
      MemorySegment name = address(address);
      check("bind", (int) BIND.invokeExact(state, socket, name, (int) SOCKADDR_SIZE));
      check("listen", (int) LISTEN.invokeExact(state, socket, backlog));
      watch(socket);
      return socket;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// A connection that has come in, watched from now on; [#NOTHING_YET] where there is none.
  int accept(int listener) {
    try {
      int socket =
          (int) ACCEPT.invokeExact(state, listener, MemorySegment.NULL, MemorySegment.NULL, 2048);
      if (socket < 0) {
        return NOTHING_YET;
      }
      watch(socket);
      return socket;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Sends what comes without waiting for the other side to acknowledge what went before.
  void sendAtOnce(int socket) {
    try {
      check(
          "setsockopt",
          (int)
              SETSOCKOPT.invokeExact(state, socket, IPPROTO_TCP, TCP_NODELAY, one, Integer.BYTES));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Waits until something is there, and says for how many sockets.
  int await(int millis) {
    try {
      int ready = (int) EPOLL_WAIT.invokeExact(state, descriptor, events, EVENTS, millis);
      if (ready < 0 && errno() == EINTR) {
        return 0;
      }
      return check("epoll_wait", ready);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// The socket of one of the events that [#await] has counted.
  int socket(int index) {
    return events.get(JAVA_INT.withByteAlignment(1), index * EVENT_SIZE + EVENT_DATA);
  }

  /// Reads into [#octet], from 0 to below the result; 0 is the end.
  int receive(int socket) {
    try {
      int got = (int) (long) RECV.invokeExact(state, socket, buffer, (long) BUFFER, 0);
      if (got >= 0) {
        return got;
      }
      return errno() == EAGAIN ? NOTHING_YET : BROKEN;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  byte octet(int index) {
    return buffer.get(JAVA_BYTE, index);
  }

  /// Sends octets, at most 16 KiB, which a fresh connection's buffer always takes; false where the
  /// connection is no more.
  boolean send(int socket, byte[] octets) {
    try {
      MemorySegment.copy(octets, 0, buffer, JAVA_BYTE, 0, octets.length);
      long sent =
          (long) SEND.invokeExact(state, socket, buffer, (long) octets.length, MSG_NOSIGNAL);
      return sent == octets.length;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Ends our side of a connection, as far as it is still there; the other side may go on.
  void endOutput(int socket) {
    try {
      int ended = (int) SHUTDOWN.invokeExact(state, socket, SHUT_WR);
      if (ended < 0 && errno() != ENOTCONN) {
        check("shutdown", ended);
      }
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  void close(int socket) {
    check("close", invoke1(CLOSE, socket));
  }

  @Override
  public void close() {
    close(descriptor);
    arena.close();
  }

  private void watch(int socket) throws Throwable {
    event.set(JAVA_INT, 0, EPOLLIN);
    event.set(JAVA_LONG.withByteAlignment(1), EVENT_DATA, socket);
    check(
        "epoll_ctl", (int) EPOLL_CTL.invokeExact(state, descriptor, EPOLL_CTL_ADD, socket, event));
  }

  private int invoke1(MethodHandle function, int argument) {
    try {
      return (int) function.invokeExact(state, argument);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private int check(String function, int result) {
    if (result < 0) {
      throw new UncheckedIOException(new IOException(function + ": error " + errno()));
    }
    return result;
  }

  private int errno() {
    return (int) ERRNO.get(state, 0L);
  }

  private static RuntimeException rethrown(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException(thrown);
    };
  }

  private static MethodHandle call(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }
}
