package io.gatepost.rpc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;

/// Counts the calls that were refused for their token, and logs one a second of each kind.
final class RefusedCalls {

  static final String NAME = "gatepost.rpc.refused";

  private static final Logger log = LoggerFactory.getLogger(RefusedCalls.class);
  private static final long PAUSE_NANOS = 1_000_000_000;

  private final Counter unknown;
  private final Map<Caller, Counter> denied = new EnumMap<>(Caller.class);
  private final AtomicLong unknownToldAt = new AtomicLong(System.nanoTime() - PAUSE_NANOS);
  private final AtomicLong deniedToldAt = new AtomicLong(System.nanoTime() - PAUSE_NANOS);

  RefusedCalls(MeterRegistry meters) {
    unknown = counter(meters, "none", "unauthenticated");
    for (Caller caller : Caller.values()) {
      denied.put(caller, counter(meters, caller.text(), "denied"));
    }
  }

  private static Counter counter(MeterRegistry meters, String caller, String reason) {
    return Counter.builder(NAME)
        .description("Calls that were refused, as their token is unknown or does not allow them")
        .tag("caller", caller)
        .tag("reason", reason)
        .register(meters);
  }

  void unknown(ServerHttpRequest request) {
    unknown.increment();
    if (isTime(unknownToldAt)) {
      log.warn("call {} from {} refused: unknown token", path(request), peer(request));
    }
  }

  void denied(ServerHttpRequest request, CallPermissions.Decision.Denied decision) {
    Counter counter = denied.get(decision.caller());
    if (counter != null) {
      counter.increment();
    }
    if (isTime(deniedToldAt)) {
      log.warn("call {} from {} refused: {}", path(request), peer(request), decision.reason());
    }
  }

  private static boolean isTime(AtomicLong toldAt) {
    long now = System.nanoTime();
    long last = toldAt.get();
    return now - last >= PAUSE_NANOS && toldAt.compareAndSet(last, now);
  }

  /// Without the query, which may name addresses.
  private static String path(ServerHttpRequest request) {
    return RpcServerFilter.path(request);
  }

  private static String peer(ServerHttpRequest request) {
    InetSocketAddress peer = request.getRemoteAddress();
    return peer == null ? "nowhere" : String.valueOf(peer.getAddress());
  }
}
