package io.gatepost.edge.auth;

import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict.Accepted;
import io.gatepost.contract.verification.ScramParameters;
import java.util.Optional;
import java.util.function.Supplier;

/// SCRAM-SHA-256 (RFC 5802 §5, RFC 7677): the password is proved and never sent. The keys stay with
/// verification; what passes here is useless to who reads it. Channel binding is not offered.
public final class ScramExchange implements Exchange {

  private sealed interface State {
    record Start() implements State {}

    record AwaitingParameters(String gs2Header, String clientFirstBare, String user)
        implements State {}

    record AwaitingProof(
        String gs2Header, String clientFirstBare, String serverFirst, String nonce, String user)
        implements State {}

    /// The server's signature is sent; the client has yet to say that it has it.
    record Proved(String user) implements State {}
  }

  private final String peer;
  private final Supplier<String> serverNonce;
  private State state = new State.Start();

  ScramExchange(String peer, Supplier<String> serverNonce) {
    this.peer = peer;
    this.serverNonce = serverNonce;
  }

  @Override
  public Move begin() {
    return new Move.Challenge("");
  }

  @Override
  public Move on(String response) {
    return switch (state) {
      case State.Start _ -> first(response);
      case State.AwaitingProof awaiting -> last(awaiting, response);
      case State.Proved(var user) -> response.isEmpty() ? new Move.Succeed(user) : new Move.Fail();
      case State.AwaitingParameters _ -> new Move.Fail();
    };
  }

  /// The user's parameters are known.
  public Move parameters(ScramParameters parameters) {
    if (!(state instanceof State.AwaitingParameters(var header, var bare, var user))) {
      return new Move.Fail();
    }
    String nonce = attribute(bare, 'r').orElse("") + serverNonce.get();
    String serverFirst = "r=" + nonce + ",s=" + parameters.salt() + ",i=" + parameters.iterations();
    state = new State.AwaitingProof(header, bare, serverFirst, nonce, user);
    return new Move.Challenge(serverFirst);
  }

  @Override
  public Move accepted(Accepted accepted) {
    state = new State.Proved(accepted.user());
    return new Move.Challenge("v=" + accepted.serverSignature());
  }

  /// `n,,n=user,r=nonce`; `y` where the client could bind channels and believes that we cannot.
  private Move first(String message) {
    int comma = message.indexOf(',');
    int second = comma < 0 ? -1 : message.indexOf(',', comma + 1);
    if (second < 0 || !(message.startsWith("n,") || message.startsWith("y,"))) {
      return new Move.Fail();
    }
    String actsFor = message.substring(comma + 1, second);
    String bare = message.substring(second + 1);
    Optional<String> name = attribute(bare, 'n').flatMap(ScramExchange::unescaped);
    boolean complete = bare.startsWith("n=") && attribute(bare, 'r').isPresent();
    if (!complete || name.isEmpty() || !isSelf(actsFor, bare)) {
      return new Move.Fail();
    }
    state = new State.AwaitingParameters(message.substring(0, second + 1), bare, name.get());
    return new Move.NeedParameters(name.get());
  }

  /// `c=base64 of the header,r=nonce,p=proof`.
  private Move last(State.AwaitingProof awaiting, String message) {
    int proof = message.lastIndexOf(",p=");
    String binding = Base64Text.encode(awaiting.gs2Header());
    if (proof < 0
        || !attribute(message, 'c').equals(Optional.of(binding))
        || !attribute(message, 'r').equals(Optional.of(awaiting.nonce()))) {
      return new Move.Fail();
    }
    String authMessage = // one character for each octet
        awaiting.clientFirstBare()
            + ","
            + awaiting.serverFirst()
            + ","
            + message.substring(0, proof);
    return new Move.Ask(
        new CredentialQuestion.Proof(
            awaiting.user(), authMessage, message.substring(proof + 3), peer));
  }

  /// No user acts for another here.
  private static boolean isSelf(String actsFor, String bare) {
    return actsFor.isEmpty() || actsFor.equals("a=" + attribute(bare, 'n').orElse(""));
  }

  /// The value of `name=value` between commas; empty where there is none, or an empty one.
  private static Optional<String> attribute(String message, char name) {
    int start = 0;
    while (start < message.length()) {
      int comma = message.indexOf(',', start);
      int end = comma < 0 ? message.length() : comma;
      if (end - start > 2 && message.charAt(start) == name && message.charAt(start + 1) == '=') {
        return Optional.of(message.substring(start + 2, end));
      }
      start = end + 1;
    }
    return Optional.empty();
  }

  /// A name has `=2C` for a comma and `=3D` for an equals sign (RFC 5802 §5.1).
  private static Optional<String> unescaped(String name) {
    String plain = name.replace("=2C", ",").replace("=3D", "\0");
    return plain.indexOf('=') >= 0 || name.indexOf('\0') >= 0
        ? Optional.empty()
        : Responses.name(plain.replace('\0', '='));
  }
}
