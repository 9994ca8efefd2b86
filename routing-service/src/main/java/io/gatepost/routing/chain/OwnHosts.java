package io.gatepost.routing.chain;

import io.gatepost.contract.address.DomainName;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The names and addresses of this site's own mail hosts. Mail that the DNS or an address literal
/// sends there would come back (RFC 5321 §5.1).
public final class OwnHosts {

  private final Set<String> names;
  private final Set<InetAddress> listed;
  private final Supplier<Set<InetAddress>> found;

  /// @param listed addresses that stay the same
  /// @param found others, as they are now
  public OwnHosts(
      Collection<DomainName> names, Set<InetAddress> listed, Supplier<Set<InetAddress>> found) {
    this.names = names.stream().map(DomainName::text).collect(Collectors.toUnmodifiableSet());
    this.listed = Set.copyOf(listed);
    this.found = found;
  }

  /// Returns whether a host of this name is one of ours.
  public boolean isNamed(String host) {
    return names.contains(host.toLowerCase(Locale.ROOT));
  }

  /// Returns whether a host at this address is one of ours.
  public boolean isAt(InetAddress address) {
    return listed.contains(address) || found.get().contains(address);
  }
}
