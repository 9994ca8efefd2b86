package io.gatepost.edge.dnslist;

import io.gatepost.contract.address.DomainName;
import java.util.List;
import java.util.Locale;

/// A list of clients, or a part of one, in the DNS.
///
/// @param zone below which clients are asked about
/// @param weight by which it counts against the threshold, at least 1
/// @param codes that count; none for all of 127.0.0.0/8
public record DnsList(DomainName zone, int weight, List<CodeRange> codes, ListAction action) {

  public DnsList {
    codes = List.copyOf(codes);
  }

  /// Whether a client is on it.
  boolean has(ZoneAnswer answer) {
    return answer instanceof ZoneAnswer.Listed(var said)
        && (codes.isEmpty()
            || said.stream()
                .anyMatch(code -> codes.stream().anyMatch(each -> each.contains(code))));
  }

  /// Whether an answer could put a client on both.
  public boolean overlaps(DnsList other) {
    return zone.equals(other.zone)
        && (codes.isEmpty()
            || other.codes.isEmpty()
            || codes.stream().anyMatch(each -> other.codes.stream().anyMatch(each::overlaps)));
  }

  /// Zone, weight and action, for people: `zen.example 1 refuse`.
  @Override
  public String toString() {
    return zone + " " + weight + " " + action.name().toLowerCase(Locale.ROOT);
  }
}
