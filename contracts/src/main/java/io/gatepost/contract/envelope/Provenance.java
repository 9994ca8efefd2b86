package io.gatepost.contract.envelope;

import io.gatepost.contract.address.DomainName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Where a message came from (requirement S4).
///
/// @param peer the client's IP address, as text; empty for a message of our own
/// @param name the client's name in the DNS, where one leads back to its address
/// @param server the address and port that the client connected to; empty for a message of our own
/// @param helo what the client called itself; empty for a message of our own
/// @param tls protocol and cipher suite, where the connection was encrypted
/// @param user the identity that the client has authenticated as
/// @param protocol what the client spoke, as the Received field says it
/// @param origin whether the client is one of ours
/// @param marks what the edge's checks have against the message, at most [Mark#MAX_MARKS]
public record Provenance(
    String peer,
    Optional<DomainName> name,
    String server,
    String helo,
    Optional<String> tls,
    Optional<String> user,
    Protocol protocol,
    Origin origin,
    List<Mark> marks) {

  public Provenance {
    marks = List.copyOf(marks);
  }

  /// Where a message came from that nothing is held against, a client without a name.
  public Provenance(
      String peer,
      String server,
      String helo,
      Optional<String> tls,
      Optional<String> user,
      Protocol protocol,
      Origin origin) {
    this(peer, Optional.empty(), server, helo, tls, user, protocol, origin, List.of());
  }

  /// The words of the Received field's `with` clause (RFC 3848, RFC 6531 §4.3).
  public enum Protocol {
    SMTP,
    ESMTP,
    ESMTPA,
    ESMTPS,
    ESMTPSA,
    UTF8SMTP,
    UTF8SMTPA,
    UTF8SMTPS,
    UTF8SMTPSA,
    /// Made by Gatepost itself.
    LOCAL
  }

  /// Requirement B18.
  public enum Origin {
    /// From a network that may relay, authenticated, or made here.
    INTERNAL,
    /// From anywhere else.
    EXTERNAL
  }

  /// For notices and other messages that Gatepost makes.
  public static Provenance local() {
    return new Provenance(
        "", "", "", Optional.empty(), Optional.empty(), Protocol.LOCAL, Origin.INTERNAL);
  }

  /// A client that has just connected, without TLS.
  public static Provenance connected(String peer, String server, Origin origin) {
    return new Provenance(
        peer, server, "", Optional.empty(), Optional.empty(), Protocol.SMTP, origin);
  }

  /// The same client over TLS; what it said before does not count any more (RFC 3207 §4.2).
  public Provenance encrypted(String protocolAndCipher) {
    return new Provenance(
        peer, name, server, "", Optional.of(protocolAndCipher), user, Protocol.SMTP, origin, marks);
  }

  /// The same client, who has proved who it is: one of ours.
  public Provenance identified(String proved) {
    return new Provenance(
        peer, name, server, helo, tls, Optional.of(proved), protocol, Origin.INTERNAL, marks);
  }

  /// The client that a proxy names in place of itself.
  public Provenance onBehalfOf(String client, String clientServer, Origin clientOrigin) {
    return new Provenance(client, clientServer, "", tls, user, Protocol.SMTP, clientOrigin);
  }

  /// The same client, whose name in the DNS leads back to its address.
  public Provenance named(DomainName confirmed) {
    return new Provenance(
        peer, Optional.of(confirmed), server, helo, tls, user, protocol, origin, marks);
  }

  /// The same client after it has said who it is.
  public Provenance greeted(String helo, Protocol protocol) {
    return new Provenance(peer, name, server, helo, tls, user, protocol, origin, marks);
  }

  /// The same client with these marks beside those that it has, each once.
  public Provenance marked(List<Mark> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<Mark> all =
        Stream.concat(marks.stream(), more.stream()).distinct().limit(Mark.MAX_MARKS).toList();
    return new Provenance(peer, name, server, helo, tls, user, protocol, origin, all);
  }
}
