package io.gatepost.routing.sql;

import io.gatepost.contract.address.DomainName;

/// The domains that a source answers for, known in memory, so that a database that is away costs no
/// others anything.
interface ServedDomains {

  /// Whether a domain is one of them, or may be as far as is known.
  boolean contains(DomainName domain);
}
