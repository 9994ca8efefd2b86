package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.smtp.client.Terms;
import io.gatepost.smtp.client.Terms.Encryption;
import io.netty.handler.ssl.SslContext;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/// On what terms we talk to each hop: the settings, and which hosts could not do the TLS that they
/// offer. Those are spoken to in the clear for a while, where that is allowed: encryption against
/// listeners is worth having, but not worth losing mail (RFC 7435).
final class HopTerms {

  /// Enough that a host with many connections does not fail each of them.
  private static final long PLAIN_NANOS = 3_600L * 1_000_000_000;

  /// Hosts that are remembered; beyond them the oldest is forgotten.
  static final int MAX_PLAIN = 10_000;

  private final String heloName;
  private final SmartHost anyone;
  private final Map<String, SmartHost> smartHosts;
  private final ConcurrentMap<NextHop, Long> plainUntil = new ConcurrentHashMap<>();
  private final LongSupplier nanos;

  /// @param heloName what we call ourselves
  /// @param anyone for hosts that no setting names
  HopTerms(
      String heloName, SmartHost anyone, Map<String, SmartHost> smartHosts, LongSupplier nanos) {
    this.heloName = heloName;
    this.anyone = anyone;
    this.smartHosts = Map.copyOf(smartHosts);
    this.nanos = nanos;
  }

  /// Terms agreed with one hop.
  ///
  /// @param ssl for the handshake, where it comes to one
  /// @param name whom the hop's certificate has to be good for, where it is looked at: the name in
  ///   the settings, not one that the DNS has put in its place
  record Agreed(Terms terms, Optional<SslContext> ssl, String name) {}

  /// Terms, and the name that they were found under.
  private record Named(String name, SmartHost terms) {}

  /// @param exchangersOf the domain whose mail exchanger the hop is, where the route names that
  Agreed with(Optional<DomainName> exchangersOf, NextHop hop) {
    Named named = settings(exchangersOf, hop);
    SmartHost settings = named.terms();
    boolean plain = settings.encryption() != Encryption.REQUIRED && isPlain(hop);
    Encryption encryption = plain ? Encryption.NONE : settings.encryption();
    return new Agreed(
        new Terms(heloName, encryption, settings.credentials()), settings.ssl(), named.name());
  }

  /// TLS with a hop has failed: in its handshake, or before anything came through it.
  ///
  /// @param exchangersOf the domain whose mail exchanger the hop is, where the route names that
  /// @return whether it may be tried in the clear
  boolean tlsFailed(Optional<DomainName> exchangersOf, NextHop hop) {
    if (settings(exchangersOf, hop).terms().encryption() == Encryption.REQUIRED) {
      return false;
    }
    if (plainUntil.size() >= MAX_PLAIN) {
      forgetFirst();
    }
    plainUntil.put(hop, nanos.getAsLong() + PLAIN_NANOS);
    return true;
  }

  /// Forgets what is no longer true.
  void forget() {
    long now = nanos.getAsLong();
    plainUntil.values().removeIf(until -> now - until >= 0);
  }

  private void forgetFirst() {
    long now = nanos.getAsLong();
    plainUntil.entrySet().stream()
        .min(Comparator.comparingLong(each -> each.getValue() - now))
        .ifPresent(first -> plainUntil.remove(first.getKey(), first.getValue()));
  }

  private boolean isPlain(NextHop hop) {
    if (plainUntil.isEmpty()) {
      return false;
    }
    Long until = plainUntil.get(hop);
    return until != null && nanos.getAsLong() - until < 0;
  }

  /// A domain goes before its mail exchangers: the operator has named the one and the DNS the
  /// others.
  private Named settings(Optional<DomainName> exchangersOf, NextHop hop) {
    if (smartHosts.isEmpty()) {
      return new Named(hop.host(), anyone);
    }
    return exchangersOf
        .flatMap(domain -> named(domain.text(), hop.port()))
        .or(() -> named(hop.host().toLowerCase(Locale.ROOT), hop.port()))
        .orElseGet(() -> new Named(hop.host(), anyone));
  }

  private Optional<Named> named(String name, int port) {
    SmartHost here = smartHosts.get(name + ':' + port);
    return Optional.ofNullable(here != null ? here : smartHosts.get(name))
        .map(terms -> new Named(name, terms));
  }
}
