package io.gatepost.edge.policy;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.verification.SenderRequest;
import io.gatepost.contract.verification.SenderVerdict;
import io.gatepost.contract.verification.Verification;
import io.gatepost.edge.session.Identity;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import reactor.core.publisher.Mono;

/// An authenticated user sends from an address of the user's own (RFC 6409 §6.1): one whose mail
/// comes to the user's mailbox, or one that verification's table permits. The null reverse-path is
/// everybody's. Relays that are known by their certificate pass on the mail of others, and are not
/// asked.
public final class SenderOwned implements Check<SenderQuestion> {

  private final Rule rule;
  private final Verification verification;
  private final Duration timeout;

  /// Whether senders are checked.
  public enum Rule {
    /// Users send from their own addresses.
    OWN,
    /// Users send from any address.
    OFF
  }

  /// @param timeout how long the client can wait for an answer to MAIL
  public SenderOwned(Rule rule, Verification verification, Duration timeout) {
    this.rule = rule;
    this.verification = verification;
    this.timeout = timeout;
  }

  @Override
  public Mono<Verdict> on(SenderQuestion question) {
    return switch (rule) {
      case OFF -> Verdict.PASS_NOW;
      case OWN ->
          question.identity() instanceof Identity.User(var user)
                  && question.sender() instanceof ReversePath.Sender sender
              ? ask(new SenderRequest(user, sender.asForwardPath()))
              : Verdict.PASS_NOW;
    };
  }

  private Mono<Verdict> ask(SenderRequest request) {
    Mono<SenderVerdict> verdict = verification.verifySender(request);
    return Known.map(
        verdict,
        SenderOwned::judge,
        later ->
            Deadline.within(timeout, later)
                .onErrorResume(error -> Mono.just(FailurePolicy.verificationFailed(error))));
  }

  private static Verdict judge(SenderVerdict verdict) {
    return switch (verdict) {
      case SenderVerdict.Permitted _ -> Verdict.PASS;
      case SenderVerdict.NotOwn(var reason, var reply) -> new Verdict.Refuse(reason, reply);
      case SenderVerdict.Unknown(var reason, var reply) -> new Verdict.Refuse(reason, reply);
    };
  }

  @Override
  public boolean isOn() {
    return rule == Rule.OWN;
  }

  @Override
  public List<Setting> settings() {
    return List.of(Setting.of("user-senders", rule.name().toLowerCase(Locale.ROOT)));
  }
}
