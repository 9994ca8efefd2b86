package io.gatepost.edge.policy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Values of networks, of which the smallest that has an address counts. Costs one look-up for each
/// length of prefix that there is, however many networks.
final class NetworkTable<V> {

  private final Map<Integer, Map<ByteBuffer, V>> ipv4 = new TreeMap<>(Comparator.reverseOrder());
  private final Map<Integer, Map<ByteBuffer, V>> ipv6 = new TreeMap<>(Comparator.reverseOrder());
  private int size;

  /// Puts a network, once.
  ///
  /// @return whether it was not there
  boolean put(Network network, V value) {
    boolean isNew =
        of(network.address())
                .computeIfAbsent(network.bits(), any -> new HashMap<>())
                .putIfAbsent(Network.prefix(network.address(), network.bits()), value)
            == null;
    size += isNew ? 1 : 0;
    return isNew;
  }

  /// The value of the smallest network that has an address.
  Optional<V> find(InetAddress address) {
    for (Map.Entry<Integer, Map<ByteBuffer, V>> each : of(address).entrySet()) {
      V value = each.getValue().get(Network.prefix(address, each.getKey()));
      if (value != null) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  private Map<Integer, Map<ByteBuffer, V>> of(InetAddress address) {
    return address instanceof Inet6Address ? ipv6 : ipv4;
  }
}
