package io.gatepost.edge.policy;

import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.edge.session.ClientClass;
import java.net.InetAddress;
import java.util.Set;

/// The client that the checks at connect judge.
///
/// @param clientClass by which it shares in the connections that there may be
/// @param exempt checks that it is exempt from, as long as it is connected
public record ConnectingClient(
    InetAddress address, Origin origin, ClientClass clientClass, Set<CheckName> exempt) {

  /// A client that is exempt from nothing.
  public ConnectingClient(InetAddress address, Origin origin, ClientClass clientClass) {
    this(address, origin, clientClass, Set.of());
  }
}
