package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.smtp.client.Terms;
import io.gatepost.smtp.client.Terms.Encryption;
import io.netty.handler.ssl.SslContext;
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

  /// What is agreed with one hop.
  ///
  /// @param ssl for the handshake, where it comes to one
  record Agreed(Terms terms, Optional<SslContext> ssl) {}

  Agreed with(NextHop hop) {
    SmartHost settings = settings(hop);
    Encryption encryption = isPlain(hop) ? Encryption.NONE : settings.encryption();
    return new Agreed(new Terms(heloName, encryption, settings.credentials()), settings.ssl());
  }

  /// The TLS handshake with a hop has failed.
  ///
  /// @return whether it may be tried in the clear
  boolean tlsFailed(NextHop hop) {
    if (settings(hop).encryption() == Encryption.REQUIRED) {
      return false;
    }
    plainUntil.put(hop, nanos.getAsLong() + PLAIN_NANOS);
    return true;
  }

  /// Forgets what is no longer true.
  void forget() {
    long now = nanos.getAsLong();
    plainUntil.values().removeIf(until -> now - until >= 0);
  }

  private boolean isPlain(NextHop hop) {
    if (plainUntil.isEmpty()) {
      return false;
    }
    Long until = plainUntil.get(hop);
    return until != null && nanos.getAsLong() - until < 0;
  }

  private SmartHost settings(NextHop hop) {
    if (smartHosts.isEmpty()) {
      return anyone;
    }
    SmartHost named = smartHosts.get(hop.host() + ':' + hop.port());
    return named != null ? named : smartHosts.getOrDefault(hop.host(), anyone);
  }
}
