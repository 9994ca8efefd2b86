package io.gatepost.edge.policy;

import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.edge.session.Connection.Proxy;
import java.net.InetAddress;

/// The networks with rights of their own.
///
/// @param relay whose clients may send anywhere
/// @param xclient who may say for whom they speak
/// @param proxy who begin with a PROXY header
public record TrustedNetworks(Networks relay, Networks xclient, Networks proxy) {

  /// Whether a client at an address is one of ours.
  public Origin originOf(InetAddress address) {
    return relay.contains(address) ? Origin.INTERNAL : Origin.EXTERNAL;
  }

  /// Whether a client at an address may use XCLIENT.
  public Proxy trustIn(InetAddress address) {
    return xclient.contains(address) ? Proxy.TRUSTED : Proxy.NOT_TRUSTED;
  }
}
