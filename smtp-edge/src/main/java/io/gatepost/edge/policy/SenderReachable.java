package io.gatepost.edge.policy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.verification.ReversePathRequest;
import io.gatepost.contract.verification.ReversePathVerdict;
import io.gatepost.contract.verification.Verification;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import reactor.core.publisher.Mono;

/// Mail can be sent back to a stranger's sender address (requirement B7). The null reverse-path has
/// nothing that could be asked about, and our own clients are not asked.
public final class SenderReachable implements Check<SenderQuestion> {

  private final Rule rule;
  private final Verification verification;
  private final Duration timeout;
  private final Counter bad;
  private final Counter unknown;

  /// Treatment of a sender that no mail can be sent back to.
  public enum Rule {
    /// Nothing: nobody is asked.
    OFF,
    /// The message is marked.
    MARK,
    /// It is refused.
    REFUSE
  }

  /// @param timeout how long the client can wait for an answer to MAIL
  public SenderReachable(
      Rule rule, Verification verification, Duration timeout, MeterRegistry meters) {
    this.rule = rule;
    this.verification = verification;
    this.timeout = timeout;
    this.bad = counter("bad", meters);
    this.unknown = counter("unknown", meters);
  }

  private Counter counter(String result, MeterRegistry meters) {
    return Counter.builder("gatepost.edge.senders")
        .description("Senders that mail may not be sent back to, by what is known and was done")
        .tag("result", result)
        .tag("rule", rule.name().toLowerCase(Locale.ROOT))
        .register(meters);
  }

  @Override
  public Mono<Verdict> on(SenderQuestion question) {
    boolean asks = rule != Rule.OFF && question.provenance().origin() == Origin.EXTERNAL;
    return asks && question.sender() instanceof ReversePath.Sender sender
        ? ask(sender.asForwardPath())
        : Verdict.PASS_NOW;
  }

  private Mono<Verdict> ask(ForwardPath sender) {
    return Known.map(
        verification.verifyReversePath(new ReversePathRequest(sender)),
        verdict -> judge(sender, verdict),
        later -> Deadline.within(timeout, later).onErrorResume(error -> Mono.just(failed(error))));
  }

  private Verdict failed(Throwable error) {
    Verdict.Refuse refusal = FailurePolicy.verificationFailed(error);
    return switch (rule) {
      case REFUSE -> refusal;
      case MARK, OFF -> Verdict.PASS;
    };
  }

  private Verdict judge(ForwardPath sender, ReversePathVerdict verdict) {
    return switch (verdict) {
      case ReversePathVerdict.Routable _ -> Verdict.PASS;
      case ReversePathVerdict.Bad(var reason, var reply) -> judged(sender, bad, reason, reply);
      case ReversePathVerdict.Unknown(var reason, var reply) ->
          judged(sender, unknown, reason, reply);
    };
  }

  private Verdict judged(ForwardPath sender, Counter result, Reason reason, Reply reply) {
    result.increment();
    if (rule == Rule.REFUSE) {
      return new Verdict.Refuse(reason, reply);
    }
    return new Verdict.Mark(reason, reason.label() + ' ' + sender.domain());
  }

  @Override
  public boolean isOn() {
    return rule != Rule.OFF;
  }

  @Override
  public List<Setting> settings() {
    return List.of(Setting.of("sender-domain", rule.name().toLowerCase(Locale.ROOT)));
  }
}
