package io.gatepost.edge.dialogue;

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
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/// One AUTH command, from its initial response to its verdict.
final class AuthDialogue {

  private final Conversation conversation;
  private final Verification verification;
  private final Duration patience;
  private final Exchange exchange;
  private final Consumer<AuthResult> results;
  private final Disposable.Composite questions = Disposables.composite();
  private boolean waiting;

  /// @param patience how long verification may take for each answer
  /// @param results gets the result of each turn, on the session's thread
  AuthDialogue(
      Conversation conversation,
      Verification verification,
      Duration patience,
      Exchange exchange,
      Consumer<AuthResult> results) {
    this.conversation = conversation;
    this.verification = verification;
    this.patience = patience;
    this.exchange = exchange;
    this.results = results;
  }

  /// Whether verification has yet to answer.
  boolean isWaiting() {
    return waiting;
  }

  /// The client has gone: verification need not answer.
  void abandon() {
    questions.dispose();
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
      results.accept(new AuthResult.Abandoned(Replies.AUTH_CANCELLED));
    } else {
      respond(line);
    }
  }

  private void respond(String base64) {
    Base64Text.decode(base64)
        .ifPresentOrElse(
            response -> make(exchange.on(response)),
            () -> results.accept(new AuthResult.Abandoned(Replies.BAD_AUTH_RESPONSE)));
  }

  private void make(Move move) {
    switch (move) {
      case Move.Challenge(var text) ->
          results.accept(new AuthResult.Challenged(Reply.plain(334, Base64Text.encode(text))));
      case Move.Succeed(var user) -> results.accept(new AuthResult.Authenticated(user));
      case Move.Fail _ -> results.accept(new AuthResult.Abandoned(Replies.BAD_AUTH_RESPONSE));
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
    questions.add(
        Deadline.within(patience, answer)
            .subscribe(
                value -> answered(() -> then.accept(value)),
                error ->
                    answered(() ->
                        results.accept(
                            new AuthResult.Refused("", FailurePolicy.credentialsFailed(error))))));
  }

  private void judge(CredentialQuestion question, CredentialVerdict verdict) {
    switch (verdict) {
      case CredentialVerdict.Accepted accepted -> make(exchange.accepted(accepted));
      case CredentialVerdict.Refused(var reason, var reply) ->
          results.accept(
              new AuthResult.Refused(question.user(), new Verdict.Refuse(reason, reply)));
    }
  }

  private void answered(Runnable action) {
    conversation.runInSession(() -> {
      waiting = false;
      action.run();
      conversation.resume();
    });
  }
}
