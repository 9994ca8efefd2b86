package io.gatepost.delivery.transport.smtp;

import io.gatepost.smtp.client.Terms.Encryption;
import io.gatepost.smtp.client.auth.Credentials;
import io.gatepost.smtp.client.auth.Credentials.Exposure;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.File;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// How a host is talked to.
///
/// @param credentials who we are there, if anybody
/// @param ssl for its handshake; empty where there is none
public record SmartHost(
    Encryption encryption, Optional<Credentials> credentials, Optional<SslContext> ssl) {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"}; // RFC 8996

  /// Throws an [IllegalArgumentException] where a password would go to whoever answers.
  public SmartHost {
    boolean isVerified = encryption == Encryption.REQUIRED;
    if (!isVerified
        && credentials.filter(who -> who.exposure() == Exposure.ENCRYPTED_ONLY).isPresent()) {
      throw new IllegalArgumentException(
          "encryption: " + encryption + " (expected: REQUIRED, as there is a password)");
    }
  }

  /// In the clear, always.
  public static SmartHost plain(Optional<Credentials> credentials) {
    return new SmartHost(Encryption.NONE, credentials, Optional.empty());
  }

  /// Encrypted where the host offers it. Its certificate is not looked at: without it the mail
  /// would go in the clear, so a wrong one makes nothing worse (RFC 7435).
  public static SmartHost opportunistic(Optional<Credentials> credentials) throws SSLException {
    SslContext any =
        SslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm(null)
            .protocols(PROTOCOLS)
            .build();
    return new SmartHost(Encryption.OPPORTUNISTIC, credentials, Optional.of(any));
  }

  /// Encrypted or not at all, and only with a host whose certificate is good for its name: the one
  /// that the settings give it.
  ///
  /// @param trusted certificates in PEM; without it those that Java trusts
  public static SmartHost required(Optional<Credentials> credentials, Optional<File> trusted)
      throws SSLException {
    SslContextBuilder builder = SslContextBuilder.forClient().protocols(PROTOCOLS);
    trusted.ifPresent(builder::trustManager);
    return new SmartHost(
        Encryption.REQUIRED,
        credentials,
        Optional.of(builder.endpointIdentificationAlgorithm("HTTPS").build()));
  }
}
