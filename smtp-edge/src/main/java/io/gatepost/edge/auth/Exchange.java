package io.gatepost.edge.auth;

import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict.Accepted;
import io.gatepost.edge.session.Mechanism;
import java.util.function.Supplier;

/// One exchange of a mechanism: what the client says in, what is to be done out. One for each AUTH
/// command.
public sealed interface Exchange permits LoginExchange, PlainExchange, ScramExchange {

  /// The next thing to do.
  sealed interface Move {

    /// Ask the client.
    ///
    /// @param text before base64
    record Challenge(String text) implements Move {}

    /// Ask verification for the user's parameters; then [ScramExchange#parameters].
    record NeedParameters(String user) implements Move {}

    /// Ask verification; then [Exchange#accepted].
    record Ask(CredentialQuestion question) implements Move {}

    /// The client is who it says.
    record Succeed(String user) implements Move {}

    /// The client has said something that the mechanism does not have.
    record Fail() implements Move {}
  }

  /// The client's initial response, or its answer to the last challenge, out of base64, one
  /// character for each octet. Without an initial response this is not called before [#begin].
  Move on(String response);

  /// The first thing to do where the client has sent no initial response.
  Move begin();

  /// Verification has accepted the client.
  default Move accepted(Accepted accepted) {
    return new Move.Succeed(accepted.user());
  }

  /// The exchange of a mechanism.
  ///
  /// @param peer the client's IP address
  /// @param nonce makes the server's share of SCRAM's nonce
  static Exchange of(Mechanism mechanism, String peer, Supplier<String> nonce) {
    return switch (mechanism) {
      case PLAIN -> new PlainExchange(peer);
      case LOGIN -> new LoginExchange(peer);
      case SCRAM_SHA_256 -> new ScramExchange(peer, nonce);
    };
  }
}
