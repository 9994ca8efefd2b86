package io.gatepost.edge.dialogue;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.edge.inquiry.Inquiry;
import io.gatepost.edge.inquiry.ListedClient;
import io.gatepost.edge.inquiry.NamedClient;
import io.gatepost.edge.policy.Note;
import io.gatepost.edge.policy.TrustedNetworks;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.edge.session.Connection;
import io.gatepost.edge.session.Connection.Encryption;
import io.gatepost.edge.session.Connection.Proxy;
import io.gatepost.edge.session.Identity;
import io.gatepost.edge.session.Role;
import java.net.InetAddress;
import java.util.List;

/// The client of one session: where it comes from, who it has proved to be, and what it may do. For
/// the session's thread.
public final class Client {

  private final TrustedNetworks networks;
  private Connection connection;
  private Provenance provenance;
  private Inquiry inquiry = Inquiry.NONE;

  /// A client that has just connected.
  ///
  /// @param server the address and port that it connected to
  public Client(Role role, TrustedNetworks networks, InetAddress address, String server) {
    this.networks = networks;
    Origin origin = networks.originOf(address);
    this.provenance = Provenance.connected(address.getHostAddress(), server, origin);
    this.connection =
        new Connection(
            role, Encryption.NONE, Identity.ANONYMOUS, networks.trustIn(address), origin);
  }

  /// The properties on which the order of the protocol depends.
  public Connection connection() {
    return connection;
  }

  /// The provenance of its messages, with its name once that is known.
  public Provenance provenance() {
    if (inquiry.name().found() instanceof NamedClient.Found.Confirmed(var name)
        && provenance.name().isEmpty()) {
      provenance = provenance.named(name);
    }
    return provenance;
  }

  /// The verdict of DNS lists.
  public ListedClient lists() {
    return inquiry.lists();
  }

  /// The DNS is being asked about it.
  public void inquire(Inquiry begun) {
    inquiry = begun;
  }

  /// The class by which it shares in what is scarce.
  public ClientClass clientClass() {
    return ClientClass.of(connection.role(), provenance.origin());
  }

  /// The PROXY header names the client. What the proxy itself may do, its clients may not.
  ///
  /// @param server the address and port that the client connected to at the proxy
  public void comesFrom(InetAddress address, String server) {
    inquiry = Inquiry.NONE;
    Origin origin = networks.originOf(address);
    provenance = provenance.onBehalfOf(address.getHostAddress(), server, origin);
    connection = connection.onBehalfOf(Identity.ANONYMOUS, networks.trustIn(address), origin);
  }

  /// The PROXY header names no client: it may be anybody's connection, and has no right by the
  /// proxy's address.
  public void comesFromAnywhere() {
    inquiry = Inquiry.NONE;
    provenance = provenance.onBehalfOf(provenance.peer(), provenance.server(), Origin.EXTERNAL);
    connection = connection.onBehalfOf(Identity.ANONYMOUS, Proxy.NOT_TRUSTED, Origin.EXTERNAL);
  }

  /// A trusted proxy names the client with XCLIENT. What follows may be that client's own words, so
  /// only one that is trusted itself may say more.
  public void adopt(XclientAttributes client) {
    inquiry = Inquiry.NONE;
    provenance =
        client.applyTo(
            provenance, client.address().map(networks::originOf).orElse(Origin.EXTERNAL));
    connection =
        connection.onBehalfOf(
            client.identity(),
            client.address().map(networks::trustIn).orElse(Proxy.NOT_TRUSTED),
            provenance.origin());
  }

  /// The checks at connect have let it pass.
  ///
  /// @param notes what they have against it all the same, which every message is marked with
  public void admitted(List<Note> notes) {
    provenance = provenance.marked(MessageMarks.in(notes).toList());
  }

  /// TLS is on.
  ///
  /// @param protocolAndCipher such as `TLSv1.3 TLS_AES_128_GCM_SHA256`
  public void encrypted(String protocolAndCipher) {
    provenance = provenance.encrypted(protocolAndCipher);
    connection = connection.encrypted();
  }

  /// The client's certificate is one of a relay of ours.
  ///
  /// @param subject of the certificate
  public void identifiedAsRelay(String subject) {
    connection = connection.identified(new Identity.Relay(subject));
    provenance = provenance.identified(subject);
  }

  /// The client has authenticated.
  public void identifiedAs(String user) {
    connection = connection.identified(new Identity.User(user));
    provenance = provenance.identified(user);
  }
}
