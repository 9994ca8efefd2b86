package io.gatepost.edge.auth;

import io.gatepost.contract.verification.CredentialQuestion;
import java.util.Optional;

/// LOGIN, which has no RFC: the user, then the password.
final class LoginExchange implements Exchange {

  private final String peer;
  private Optional<String> user = Optional.empty();

  LoginExchange(String peer) {
    this.peer = peer;
  }

  @Override
  public Move begin() {
    return new Move.Challenge("Username:");
  }

  @Override
  public Move on(String response) {
    Optional<String> text = Responses.name(response);
    if (text.isEmpty()) {
      return new Move.Fail();
    }
    if (user.isEmpty()) {
      user = text;
      return new Move.Challenge("Password:");
    }
    return new Move.Ask(new CredentialQuestion.Password(user.get(), text.get(), peer));
  }
}
