package io.gatepost.edge.policy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/// Relay control and the recipient's existence in one question: how far the client may send is part
/// of it, and routing answers both (requirements B5, B6).
public final class RecipientVerified implements Check<RecipientQuestion> {

  private final Verification verification;
  private final Optional<ForwardPath> postmaster;
  private final Duration timeout;

  /// @param postmaster who is meant by the bare `postmaster`, where the settings name one: reached
  ///   by anyone, wherever that is (RFC 5321 §4.5.1)
  /// @param timeout how long the client can wait for an answer to RCPT
  public RecipientVerified(
      Verification verification, Optional<ForwardPath> postmaster, Duration timeout) {
    this.verification = verification;
    this.postmaster = postmaster;
    this.timeout = timeout;
  }

  @Override
  public Mono<Verdict> on(RecipientQuestion question) {
    boolean mayGoAnywhere =
        question.provenance().origin() == Origin.INTERNAL
            || postmaster.filter(question.recipient()::equals).isPresent();
    Scope scope = mayGoAnywhere ? Scope.ANYWHERE : Scope.HOSTED;
    RouteRequest request = new RouteRequest(question.sender(), question.recipient(), scope);
    Mono<RecipientVerdict> verdict = verification.verifyRecipient(request);
    return Known.map(
        verdict,
        RecipientVerified::judge,
        later ->
            Deadline.within(timeout, later)
                .onErrorResume(error -> Mono.just(FailurePolicy.verificationFailed(error))));
  }

  private static Verdict judge(RecipientVerdict verdict) {
    return switch (verdict) {
      // No host has said that it is good, but none will say more: it is accepted.
      case RecipientVerdict.Good _, RecipientVerdict.Unproven _ -> Verdict.PASS;
      case RecipientVerdict.Bad(var reason, var reply) -> new Verdict.Refuse(reason, reply);
      case RecipientVerdict.Unknown(var reason, var reply) -> new Verdict.Refuse(reason, reply);
    };
  }

  @Override
  public List<Setting> settings() {
    return List.of(Setting.of("verify-timeout", timeout));
  }
}
