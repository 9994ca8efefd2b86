package io.gatepost.edge.policy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Values of addresses: `ann@friend.example` counts before `@friend.example`, and that before
/// `@.example`, which is all domains below it. Local parts are the same in any case.
final class AddressTable<V> {

  private final Map<String, V> entries = new HashMap<>();

  /// Puts an entry, once.
  ///
  /// @param key an address, or `@` and a domain, or `@.` and one
  /// @return whether it was not there
  boolean put(String key, V value) {
    return entries.putIfAbsent(key, value) == null;
  }

  /// The key of an address.
  static String key(ForwardPath address) {
    LocalPart localPart = address.localPart();
    return localPart.lookupKey() + '@' + address.domain().text();
  }

  /// The value of the most specific entry.
  Optional<V> find(ForwardPath address) {
    V exact = entries.get(key(address));
    if (exact != null) {
      return Optional.of(exact);
    }
    String domain = address.domain().text();
    V ofDomain = entries.get('@' + domain);
    for (int dot = domain.indexOf('.');
        ofDomain == null && dot >= 0;
        dot = domain.indexOf('.', dot + 1)) {
      ofDomain = entries.get('@' + domain.substring(dot));
    }
    return Optional.ofNullable(ofDomain);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  int size() {
    return entries.size();
  }
}
