package io.gatepost.rpc;

import java.net.InetAddress;
import java.util.List;
import reactor.core.publisher.Mono;

/// Asks for all addresses of a name, each time afresh.
interface AddressLookup extends AutoCloseable {

  /// Fails where the name has none, or nobody says.
  Mono<List<InetAddress>> addresses(String host);

  @Override
  default void close() {}
}
