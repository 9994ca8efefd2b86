package io.gatepost.edge.auth;

import io.gatepost.contract.verification.CredentialQuestion;
import java.util.Optional;

/// PLAIN (RFC 4616): everything in one response.
final class PlainExchange implements Exchange {

  private final String peer;

  PlainExchange(String peer) {
    this.peer = peer;
  }

  @Override
  public Move begin() {
    return new Move.Challenge("");
  }

  /// `authorisation identity NUL user NUL password`. Nobody acts for another here: the first is
  /// empty or the second again.
  @Override
  public Move on(String response) {
    int first = response.indexOf('\0');
    int second = first < 0 ? -1 : response.indexOf('\0', first + 1);
    if (second < 0) {
      return new Move.Fail();
    }
    String actsFor = response.substring(0, first);
    String name = response.substring(first + 1, second);
    Optional<String> user = Responses.name(name);
    Optional<String> password = Responses.name(response.substring(second + 1));
    if (user.isEmpty() || password.isEmpty() || !(actsFor.isEmpty() || actsFor.equals(name))) {
      return new Move.Fail();
    }
    return new Move.Ask(new CredentialQuestion.Password(user.get(), password.get(), peer));
  }
}
