package io.gatepost.edge.policy;

import io.gatepost.contract.address.ClientNetwork;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.session.SharedQuota;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import reactor.core.publisher.Mono;

/// At most so many connections at a time, in all and from one [ClientNetwork]; our own clients
/// count only in all, and strangers leave a quarter of them free: an eighth for clients of
/// submission, an eighth for our own networks.
public final class ConnectionLimit implements Check<ConnectingClient> {

  private static final Mono<Verdict> TOO_MANY =
      Verdict.refuse(Reason.CONNECTION_LIMIT, Replies.TOO_MANY_CONNECTIONS);
  private static final Mono<Verdict> TOO_MANY_FROM_ONE =
      Verdict.refuse(Reason.CONNECTION_LIMIT, Replies.TOO_MANY_CONNECTIONS_FROM_YOU);

  private final SharedQuota all;
  private final int maxFromOne;
  private final ConcurrentMap<ClientNetwork, Integer> byNetwork = new ConcurrentHashMap<>();

  /// @param maxConnections in all
  /// @param maxFromOne from one network
  public ConnectionLimit(int maxConnections, int maxFromOne) {
    this.all = new SharedQuota(maxConnections);
    this.maxFromOne = maxFromOne;
  }

  /// Counts the client until [#left], unless it is refused.
  @Override
  public Mono<Verdict> on(ConnectingClient connecting) {
    if (!all.take(1, connecting.clientClass())) {
      return TOO_MANY;
    }
    if (connecting.origin() == Origin.EXTERNAL
        && byNetwork.merge(ClientNetwork.of(connecting.address()), 1, Integer::sum) > maxFromOne) {
      left(connecting);
      return TOO_MANY_FROM_ONE;
    }
    return Verdict.PASS_NOW;
  }

  /// A client's connection is closed.
  void left(ConnectingClient connecting) {
    all.give(1);
    if (connecting.origin() == Origin.EXTERNAL) {
      byNetwork.computeIfPresent(
          ClientNetwork.of(connecting.address()),
          (network, count) -> count == 1 ? null : count - 1);
    }
  }
}
