package io.gatepost.contract.verification;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// Is this client who it says it is?
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CredentialQuestion.Password.class, name = "password"),
  @JsonSubTypes.Type(value = CredentialQuestion.Proof.class, name = "proof")
})
public sealed interface CredentialQuestion {

  /// Who it says it is.
  String user();

  /// The client's IP address, which guesses are counted by.
  String peer();

  /// By a password (PLAIN, LOGIN).
  record Password(String user, String password, String peer) implements CredentialQuestion {
    /// Passwords are in no log.
    @Override
    public String toString() {
      return "Password[user=" + user + ", peer=" + peer + "]";
    }
  }

  /// By a proof of it (SCRAM-SHA-256, RFC 5802 §3, RFC 7677).
  ///
  /// @param authMessage what client and server have said
  /// @param clientProof in base64
  record Proof(String user, String authMessage, String clientProof, String peer)
      implements CredentialQuestion {}
}
