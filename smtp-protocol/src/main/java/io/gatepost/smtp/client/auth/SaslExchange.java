package io.gatepost.smtp.client.auth;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The client's side of one SASL exchange (RFC 4422): challenges in, responses out, both as octets
/// before base64.
public sealed interface SaslExchange permits PlainClient, LoginClient, ScramSha256Client {

  /// The mechanisms that we speak, the strongest first.
  List<String> PREFERENCE = List.of("SCRAM-SHA-256", "PLAIN", "LOGIN");

  /// The mechanism's name.
  String mechanism();

  /// The response that goes with AUTH itself (RFC 4954 §4), where the mechanism lets the client
  /// begin.
  Optional<byte[]> initialResponse();

  /// The answer to a challenge; throws [SaslException] where it cannot be one.
  byte[] respond(byte[] challenge);

  /// Whether a positive reply now means that both sides are who they say.
  boolean isComplete();

  /// Whether the host has to keep keys of its own for this mechanism: it may offer it to all users
  /// and have them of some only.
  default boolean takesKeys() {
    return false;
  }

  /// The strongest exchange that both sides can do.
  ///
  /// @param offered by the host, in capitals, but for those that it has refused
  static Optional<SaslExchange> choose(Set<String> offered, Credentials credentials) {
    return PREFERENCE.stream()
        .filter(offered::contains)
        .findFirst()
        .map(mechanism ->
            switch (mechanism) {
              case "SCRAM-SHA-256" -> new ScramSha256Client(credentials);
              case "PLAIN" -> new PlainClient(credentials);
              default -> new LoginClient(credentials);
            });
  }
}
