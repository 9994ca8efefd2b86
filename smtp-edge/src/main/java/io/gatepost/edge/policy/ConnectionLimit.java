package io.gatepost.edge.policy;

import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import java.net.Inet6Address;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/// At most so many connections at a time, in all and from one address; our own clients count only
/// in all. An IPv6 client counts by its network of 64 bits, which is what one host is given.
public final class ConnectionLimit implements Check<Visitor> {

  private static final int HOST_BYTES_OF_IPV6 = 8;
  private static final Mono<Verdict> TOO_MANY =
      Verdict.refuse(Reason.CONNECTION_LIMIT, Replies.TOO_MANY_CONNECTIONS);
  private static final Mono<Verdict> TOO_MANY_FROM_ONE =
      Verdict.refuse(Reason.CONNECTION_LIMIT, Replies.TOO_MANY_CONNECTIONS_FROM_YOU);

  private final int maxConnections;
  private final int maxFromOne;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentMap<Key, Integer> byAddress = new ConcurrentHashMap<>();

  /// IPv4 addresses and IPv6 networks as a number.
  private record Key(long number) {}

  /// @param maxConnections in all
  /// @param maxFromOne from one address
  public ConnectionLimit(int maxConnections, int maxFromOne) {
    this.maxConnections = maxConnections;
    this.maxFromOne = maxFromOne;
  }

  /// Counts the visitor, refused or not, until [#left].
  @Override
  public Mono<Verdict> on(Visitor visitor) {
    boolean full = all.incrementAndGet() > maxConnections;
    if (visitor.origin() == Origin.EXTERNAL
        && byAddress.merge(key(visitor), 1, Integer::sum) > maxFromOne) {
      return TOO_MANY_FROM_ONE;
    }
    return full ? TOO_MANY : Verdict.PASS_NOW;
  }

  /// A visitor's connection is closed.
  void left(Visitor visitor) {
    all.decrementAndGet();
    if (visitor.origin() == Origin.EXTERNAL) {
      byAddress.computeIfPresent(key(visitor), (key, count) -> count == 1 ? null : count - 1);
    }
  }

  private static Key key(Visitor visitor) {
    byte[] address = visitor.address().getAddress();
    if (visitor.address() instanceof Inet6Address) {
      address = Arrays.copyOf(address, HOST_BYTES_OF_IPV6);
    }
    long number = address.length; // no IPv4 address is equal to an IPv6 network of 64 bits
    for (byte octet : address) {
      number = number << 8 | octet & 0xff;
    }
    return new Key(number);
  }
}
