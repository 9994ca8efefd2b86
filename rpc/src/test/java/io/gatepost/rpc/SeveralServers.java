package io.gatepost.rpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/// Servers on 127.0.0.2 and the addresses after it, at one port, as instances of a service are.
final class SeveralServers implements AutoCloseable {

  private static final int TRIES = 20;

  private final int port;
  private final List<RpcServer> servers = new ArrayList<>();

  private SeveralServers(int port) {
    this.port = port;
  }

  static SeveralServers start(int count) {
    SeveralServers all = new SeveralServers(freePort(count));
    for (int i = 0; i < count; i++) {
      all.servers.add(all.start(address(i)));
    }
    return all;
  }

  private RpcServer start(String address) {
    return start(address, port);
  }

  /// One more instance.
  static RpcServer start(String address, int port) {
    return RpcServer.start(
        "--server.address=" + address,
        "--server.port=" + port,
        "--gatepost.rpc.hosts=" + BalancedClients.NAME);
  }

  static String address(int index) {
    return "127.0.0." + (2 + index);
  }

  static String[] addresses(int count) {
    String[] addresses = new String[count];
    for (int i = 0; i < count; i++) {
      addresses[i] = address(i);
    }
    return addresses;
  }

  int port() {
    return port;
  }

  RpcServer get(int index) {
    return servers.get(index);
  }

  List<RpcServer> all() {
    return servers;
  }

  void startAgain(int index) {
    servers.set(index, start(address(index)));
  }

  /// A port that is free at all of the addresses.
  static int freePort(int count) {
    for (int i = 0; i < TRIES; i++) {
      try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getByName(address(0)))) {
        if (isFree(first.getLocalPort(), count)) {
          return first.getLocalPort();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException("no port is free at " + count + " addresses");
  }

  private static boolean isFree(int port, int count) {
    for (int i = 1; i < count; i++) {
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(address(i)))) {
        if (!socket.isBound()) {
          return false;
        }
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    servers.forEach(RpcServer::close);
  }
}
