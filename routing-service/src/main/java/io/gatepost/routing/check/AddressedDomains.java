package io.gatepost.routing.check;

import io.gatepost.contract.address.DomainName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The local domains that have an address in some table.
final class AddressedDomains {

  private final Set<String> unserved = new HashSet<>();

  AddressedDomains(List<DomainName> local) {
    local.forEach(domain -> unserved.add(domain.text()));
  }

  /// Takes a key: one without a domain is for all of them.
  void add(String key) {
    int at = key.lastIndexOf('@');
    if (at < 0) {
      unserved.clear();
    } else if (!unserved.isEmpty()) {
      String domain = key.substring(at + 1);
      unserved.remove(domain);
      if (domain.startsWith(".")) {
        unserved.removeIf(each -> each.endsWith(domain));
      }
    }
  }

  boolean isServed(DomainName domain) {
    return !unserved.contains(domain.text());
  }
}
