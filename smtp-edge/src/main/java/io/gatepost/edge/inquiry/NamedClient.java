package io.gatepost.edge.inquiry;

import io.gatepost.contract.address.DomainName;
import org.jspecify.annotations.Nullable;

/// The name of one client in the DNS.
public interface NamedClient {

  /// A client that is not asked about.
  NamedClient NOT_ASKED = () -> Found.NOT_ASKED;

  /// The finding; null while it is being asked for.
  @Nullable Found found();

  /// A finding about a client's name.
  sealed interface Found {

    /// Names are not asked for.
    record NotAsked() implements Found {}

    /// No name leads back to the client's address, or not in time.
    record Unconfirmed() implements Found {}

    /// A name of the address leads back to it.
    record Confirmed(DomainName name) implements Found {}

    Found NOT_ASKED = new NotAsked();
    Found UNCONFIRMED = new Unconfirmed();
  }
}
