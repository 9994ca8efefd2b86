package io.gatepost.routing.sql;

import io.gatepost.contract.address.DomainName;

/// The domains that other sources name.
public interface OtherDomains {

  /// Whether a domain is one of them.
  boolean contains(DomainName domain);
}
