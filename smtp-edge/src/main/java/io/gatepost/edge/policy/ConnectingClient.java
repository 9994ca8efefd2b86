package io.gatepost.edge.policy;

import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.edge.session.ClientClass;
import java.net.InetAddress;

/// The client that the checks at connect judge.
///
/// @param clientClass by which it shares in the connections that there may be
public record ConnectingClient(InetAddress address, Origin origin, ClientClass clientClass) {}
