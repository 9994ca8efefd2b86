package io.gatepost.edge.listener;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict;
import io.gatepost.contract.verification.ScramUser;
import io.gatepost.contract.verification.Verification;
import io.gatepost.edge.auth.Base64Text;
import io.gatepost.edge.auth.Exchange;
import io.gatepost.edge.auth.Exchange.Move;
import io.gatepost.edge.auth.ScramExchange;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One AUTH command, from its initial response to its verdict.
final class AuthDialogue {

  private static final Logger log = LoggerFactory.getLogger(AuthDialogue.class);

  private final SmtpSession session;
  private final SmtpDialogue dialogue;
  private final Verification verification;
  private final Exchange exchange;
  private boolean waiting;

  AuthDialogue(
      SmtpSession session, SmtpDialogue dialogue, Verification verification, Exchange exchange) {
    this.session = session;
    this.dialogue = dialogue;
    this.verification = verification;
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
        waiting = true;
        verification
            .scramParameters(new ScramUser(user))
            .subscribe(
                parameters ->
                    answered(() -> {
                      if (exchange instanceof ScramExchange scram) {
                        make(scram.parameters(parameters));
                      }
                    }),
                this::unavailable);
      }
      case Move.Ask(var question) -> ask(question);
    }
  }

  private void ask(CredentialQuestion question) {
    waiting = true;
    verification
        .verifyCredentials(question)
        .subscribe(verdict -> answered(() -> judge(question, verdict)), this::unavailable);
  }

  private void judge(CredentialQuestion question, CredentialVerdict verdict) {
    switch (verdict) {
      case CredentialVerdict.Accepted accepted -> make(exchange.accepted(accepted));
      case CredentialVerdict.Refused(var reason, var reply) ->
          dialogue.credentialsRefused(question.user(), reason, reply);
    }
  }

  private void unavailable(Throwable error) {
    log.warn("service=verification failed: {}", error.getMessage());
    answered(() ->
        dialogue.credentialsRefused("", Reason.SERVICE_UNAVAILABLE, Replies.AUTH_UNAVAILABLE));
  }

  private void answered(Runnable action) {
    session.onLoop(() -> {
      waiting = false;
      action.run();
      session.process();
    });
  }
}
