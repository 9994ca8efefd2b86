package io.gatepost.edge.policy;

import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import java.util.List;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/// Refuses clients by names that only abusers use (requirement B4).
public final class HeloSignature implements Check<HeloQuestion> {

  private static final Mono<Verdict> REFUSED =
      Verdict.refuse(Reason.HELO_SIGNATURE, Replies.HELO_SIGNATURE);

  private final Supplier<NamePatterns> signatures;

  /// @param signatures the list as it is now
  public HeloSignature(Supplier<NamePatterns> signatures) {
    this.signatures = signatures;
  }

  @Override
  public Mono<Verdict> on(HeloQuestion question) {
    return question.provenance().origin() == Origin.EXTERNAL
            && signatures.get().matches(question.name())
        ? REFUSED
        : Verdict.PASS_NOW;
  }

  @Override
  public boolean isOn() {
    return signatures.get().size() > 0;
  }

  @Override
  public List<Setting> settings() {
    return List.of(Setting.of("helo-signatures", signatures.get().size() + " patterns"));
  }
}
