package io.gatepost.routing.sql;

import io.gatepost.contract.address.DomainName;

/// The domains that other sources name.
public interface OtherDomains {

  /// Whether a domain is one of them, or below one that is listed with those below it.
  boolean contains(DomainName domain);

  /// Whether a domain itself is listed.
  boolean lists(DomainName domain);
}
