package io.gatepost.rpc;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;

/// Says what it is told to, of any name.
final class FakeLookup implements AddressLookup {

  final AtomicInteger asks = new AtomicInteger();
  private final AtomicReference<Mono<List<InetAddress>>> answer = new AtomicReference<>();

  FakeLookup(String... addresses) {
    has(addresses);
  }

  void has(String... addresses) {
    answer.set(Mono.just(of(addresses)));
  }

  void knowsNothing() {
    answer.set(Mono.error(new UnknownHostException("NXDOMAIN")));
  }

  static List<InetAddress> of(String... addresses) {
    List<InetAddress> found = new ArrayList<>();
    for (String address : addresses) {
      try {
        found.add(InetAddress.getByName(address));
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(address, e);
      }
    }
    return found;
  }

  @Override
  public Mono<List<InetAddress>> addresses(String host) {
    asks.incrementAndGet();
    return Mono.defer(answer::get);
  }
}
