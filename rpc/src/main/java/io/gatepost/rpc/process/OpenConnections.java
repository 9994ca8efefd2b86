package io.gatepost.rpc.process;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/// Counts the connections of an HTTP port. One host has half of them at most, so that a container
/// in wrong hands does not keep the others out; the loopback address, where all callers are one
/// host, may have all.
final class OpenConnections {

  private final int most;
  private final Map<InetAddress, Integer> hosts = new HashMap<>();
  private int open;

  /// @param most at a time
  OpenConnections(int most) {
    this.most = most;
  }

  /// Counts one more, until [#ended]; false where it is too much.
  synchronized boolean admits(InetAddress host) {
    open++;
    int ofHost = hosts.merge(host, 1, Integer::sum);
    return open <= most && (host.isLoopbackAddress() || ofHost <= Math.max(1, most / 2));
  }

  /// A connection has ended, admitted or not.
  synchronized void ended(InetAddress host) {
    open--;
    hosts.computeIfPresent(host, (any, count) -> count == 1 ? null : count - 1);
  }
}
