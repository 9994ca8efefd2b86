package io.gatepost.rpc;

import java.net.URI;
import java.util.Locale;
import java.util.function.Function;

/// A service that answers calls.
public enum Service {
  ROUTING(RpcProperties::routing),
  VERIFICATION(RpcProperties::verification),
  SCANNER(RpcProperties::scanner),
  QUEUE(RpcProperties::queue),
  DELIVERY(RpcProperties::delivery);

  private final Function<RpcProperties, URI> base;

  Service(Function<RpcProperties, URI> base) {
    this.base = base;
  }

  /// Its name in keys, metrics and logs.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Whether there may be one instance only: queue-service has the content of messages, and
  /// delivery-service the state of destinations.
  boolean isSole() {
    return this == QUEUE || this == DELIVERY;
  }

  /// Its base URL.
  public URI base(RpcProperties properties) {
    return base.apply(properties);
  }
}
