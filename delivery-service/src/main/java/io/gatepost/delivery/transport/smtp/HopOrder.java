package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.routing.Destination.NextHop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// The hops of one destination, and which of them have failed of late. Guarded by its destination's
/// lock.
final class HopOrder {

  private final long pauseNanos;
  private final LongSupplier nanos;

  /// Hops that have failed, and until when others come first.
  private final Map<NextHop, Long> avoided = new HashMap<>();

  private List<NextHop> hops;

  HopOrder(List<NextHop> hops, long pauseNanos, LongSupplier nanos) {
    this.hops = hops;
    this.pauseNanos = pauseNanos;
    this.nanos = nanos;
  }

  /// Takes the hops as routing names them now.
  void become(List<NextHop> current) {
    hops = current;
  }

  /// A hop has failed: for a while the others come first.
  void avoid(NextHop hop) {
    if (hops.size() > 1 && hops.contains(hop)) {
      avoided.keySet().retainAll(hops);
      avoided.put(hop, nanos.getAsLong() + pauseNanos);
    }
  }

  /// Whether there is another hop that has not failed of late.
  boolean hasAlternative(NextHop hop) {
    return hops.stream().anyMatch(other -> !other.equals(hop) && !isAvoided(other));
  }

  /// The hops in the order to try.
  List<NextHop> inOrder() {
    if (avoided.isEmpty()) {
      return hops;
    }
    List<NextHop> order = new ArrayList<>(hops.size());
    hops.stream().filter(hop -> !isAvoided(hop)).forEach(order::add);
    hops.stream().filter(this::isAvoided).forEach(order::add);
    return order;
  }

  private boolean isAvoided(NextHop hop) {
    Long until = avoided.get(hop);
    return until != null && nanos.getAsLong() - until < 0;
  }
}
