package io.gatepost.edge.listener;

import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict;
import io.gatepost.contract.verification.ScramUser;
import io.gatepost.contract.verification.Verification;
import io.gatepost.edge.auth.Base64Text;
import io.gatepost.edge.auth.Exchange;
import io.gatepost.edge.auth.Exchange.Move;
import io.gatepost.edge.auth.ScramExchange;
import io.gatepost.edge.policy.FailurePolicy;
import io.gatepost.edge.policy.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/// One AUTH command, from its initial response to its verdict.
final class AuthDialogue {

  private final SmtpSession session;
  private final SmtpDialogue dialogue;
  private final Verification verification;
  private final Duration patience;
  private final Exchange exchange;
  private boolean waiting;

  /// @param patience how long verification may take for each answer
  AuthDialogue(
      SmtpSession session,
      SmtpDialogue dialogue,
      Verification verification,
      Duration patience,
      Exchange exchange) {
    this.session = session;
    this.dialogue = dialogue;
    this.verification = verification;
    this.patience = patience;
    this.exchange = exchange;
  }

  /// Whether verification has yet to answer.
  boolean isWaiting() {
    return waiting;
  }

  /// @param initial the initial response in base64, `=` for an empty one (RFC 4954 §4)
  void begin(Optional<String> initial) {
    if (initial.isEmpty()) {
      make(exchange.begin());
    } else {
      respond(initial.get().equals("=") ? "" : initial.get());
    }
  }

  /// The client's answer to a challenge.
  void answer(String line) {
    if (line.equals("*")) {
      dialogue.notAuthenticated(Replies.AUTH_CANCELLED);
    } else {
      respond(line);
    }
  }

  private void respond(String base64) {
    Base64Text.decode(base64)
        .ifPresentOrElse(
            response -> make(exchange.on(response)),
            () -> dialogue.notAuthenticated(Replies.BAD_AUTH_RESPONSE));
  }

  private void make(Move move) {
    switch (move) {
      case Move.Challenge(var text) -> session.say(Reply.plain(334, Base64Text.encode(text)));
      case Move.Succeed(var user) -> dialogue.authenticated(user);
      case Move.Fail _ -> dialogue.notAuthenticated(Replies.BAD_AUTH_RESPONSE);
      case Move.NeedParameters(var user) -> {
        await(
            verification.scramParameters(new ScramUser(user)),
            parameters -> {
              if (exchange instanceof ScramExchange scram) {
                make(scram.parameters(parameters));
              }
            });
      }
      case Move.Ask(var question) ->
          await(verification.verifyCredentials(question), verdict -> judge(question, verdict));
    }
  }

  private <T> void await(Mono<T> answer, Consumer<T> then) {
    waiting = true;
    Deadline.within(patience, answer)
        .subscribe(
            value -> answered(() -> then.accept(value)),
            error ->
                answered(
                    () -> dialogue.credentialsRefused("", FailurePolicy.credentialsFailed(error))));
  }

  private void judge(CredentialQuestion question, CredentialVerdict verdict) {
    switch (verdict) {
      case CredentialVerdict.Accepted accepted -> make(exchange.accepted(accepted));
      case CredentialVerdict.Refused(var reason, var reply) ->
          dialogue.credentialsRefused(question.user(), new Verdict.Refuse(reason, reply));
    }
  }

  private void answered(Runnable action) {
    session.onLoop(() -> {
      waiting = false;
      action.run();
      session.process();
    });
  }
}
