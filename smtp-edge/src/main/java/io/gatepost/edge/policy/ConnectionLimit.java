package io.gatepost.edge.policy;

import io.gatepost.contract.address.ClientNetwork;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/// At most so many connections at a time, in all and from one [ClientNetwork]; our own clients
/// count only in all.
public final class ConnectionLimit implements Check<Visitor> {

  private static final Mono<Verdict> TOO_MANY =
      Verdict.refuse(Reason.CONNECTION_LIMIT, Replies.TOO_MANY_CONNECTIONS);
  private static final Mono<Verdict> TOO_MANY_FROM_ONE =
      Verdict.refuse(Reason.CONNECTION_LIMIT, Replies.TOO_MANY_CONNECTIONS_FROM_YOU);

  private final int maxConnections;
  private final int maxFromOne;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentMap<ClientNetwork, Integer> byNetwork = new ConcurrentHashMap<>();

  /// @param maxConnections in all
  /// @param maxFromOne from one network
  public ConnectionLimit(int maxConnections, int maxFromOne) {
    this.maxConnections = maxConnections;
    this.maxFromOne = maxFromOne;
  }

  /// Counts the visitor, refused or not, until [#left].
  @Override
  public Mono<Verdict> on(Visitor visitor) {
    boolean full = all.incrementAndGet() > maxConnections;
    if (visitor.origin() == Origin.EXTERNAL
        && byNetwork.merge(ClientNetwork.of(visitor.address()), 1, Integer::sum) > maxFromOne) {
      return TOO_MANY_FROM_ONE;
    }
    return full ? TOO_MANY : Verdict.PASS_NOW;
  }

  /// A visitor's connection is closed.
  void left(Visitor visitor) {
    all.decrementAndGet();
    if (visitor.origin() == Origin.EXTERNAL) {
      byNetwork.computeIfPresent(
          ClientNetwork.of(visitor.address()), (network, count) -> count == 1 ? null : count - 1);
    }
  }
}
