package io.gatepost.edge.policy;

import io.gatepost.contract.address.ClientNetwork;
import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.session.SharedQuota;
import java.net.InetAddress;
import java.util.List;
import reactor.core.publisher.Mono;

/// At most so many connections at a time, in all, from one [ClientNetwork], and from one wider
/// network; our own clients and exempt ones count only in all, and strangers leave a quarter of
/// them free: an eighth for clients of submission, an eighth for our own networks.
public final class ConnectionLimit implements Check<ConnectingClient> {

  private static final Mono<Verdict> TOO_MANY =
      Verdict.refuse(Reason.CONNECTION_LIMIT, Replies.TOO_MANY_CONNECTIONS);
  private static final Mono<Verdict> TOO_MANY_FROM_ONE =
      Verdict.refuse(Reason.CONNECTION_LIMIT, Replies.TOO_MANY_CONNECTIONS_FROM_YOU);
  private static final Mono<Verdict> TOO_MANY_FROM_NETWORK =
      Verdict.refuse(Reason.CONNECTION_LIMIT, Replies.TOO_MANY_CONNECTIONS_FROM_NETWORK);

  private final Bounds bounds;
  private final NetworkPrefixes prefixes;
  private final SharedQuota all;
  private final OpenConnections byAddress = new OpenConnections();
  private final OpenConnections byNetwork = new OpenConnections();

  /// How many connections there may be at a time.
  ///
  /// @param all of all clients
  /// @param fromOne from one address, which of IPv6 is a network of 64 bits
  /// @param fromNetwork from one wider network; 0 for no limit
  public record Bounds(int all, int fromOne, int fromNetwork) {}

  /// @param prefixes of the wider networks
  public ConnectionLimit(Bounds bounds, NetworkPrefixes prefixes) {
    this.bounds = bounds;
    this.prefixes = prefixes;
    this.all = new SharedQuota(bounds.all());
  }

  /// Counts the client until [#left], unless it is refused.
  @Override
  public Mono<Verdict> on(ConnectingClient connecting) {
    if (!all.take(1, connecting.clientClass())) {
      return TOO_MANY;
    }
    if (!isCounted(connecting)) {
      return Verdict.PASS_NOW;
    }
    InetAddress address = connecting.address();
    ClientNetwork one = ClientNetwork.of(address);
    if (!byAddress.open(one, bounds.fromOne())) {
      all.give(1);
      return TOO_MANY_FROM_ONE;
    }
    if (bounds.fromNetwork() > 0 && !byNetwork.open(prefixes.of(address), bounds.fromNetwork())) {
      byAddress.close(one);
      all.give(1);
      return TOO_MANY_FROM_NETWORK;
    }
    return Verdict.PASS_NOW;
  }

  /// A client's connection is closed.
  void left(ConnectingClient connecting) {
    all.give(1);
    if (isCounted(connecting)) {
      byAddress.close(ClientNetwork.of(connecting.address()));
      if (bounds.fromNetwork() > 0) {
        byNetwork.close(prefixes.of(connecting.address()));
      }
    }
  }

  private static boolean isCounted(ConnectingClient connecting) {
    return connecting.origin() == Origin.EXTERNAL
        && !connecting.exempt().contains(CheckName.CONNECTION_LIMIT);
  }

  @Override
  public List<Setting> settings() {
    return List.of(
        Setting.of("max-connections", bounds.all()),
        Setting.of("max-connections-per-address", bounds.fromOne()),
        Setting.of("max-connections-per-network", bounds.fromNetwork()));
  }
}
