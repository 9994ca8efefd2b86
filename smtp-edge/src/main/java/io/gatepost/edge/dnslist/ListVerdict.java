package io.gatepost.edge.dnslist;

import io.gatepost.contract.address.DomainName;
import java.util.List;

/// The verdict of all lists on a client.
public sealed interface ListVerdict {

  /// Nothing against it, or too little.
  record Clear() implements ListVerdict {}

  /// A list lets it in.
  record Allowed(DomainName zone) implements ListVerdict {}

  /// Its messages are marked.
  ///
  /// @param zones that have it
  record Marked(List<DomainName> zones) implements ListVerdict {}

  /// It is told to come back.
  ///
  /// @param zone that has it, the first of those that say so
  /// @param why in the list's own words, see [ListReason]
  record Deferred(DomainName zone, ListReason why) implements ListVerdict {}

  /// It is refused.
  ///
  /// @param zone as for [Deferred]
  /// @param why as for [Deferred]
  record Refused(DomainName zone, ListReason why) implements ListVerdict {}

  Clear CLEAR = new Clear();
}
