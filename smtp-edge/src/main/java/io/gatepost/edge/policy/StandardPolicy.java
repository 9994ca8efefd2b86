package io.gatepost.edge.policy;

import java.util.List;
import reactor.core.publisher.Mono;

/// The order of the gate's checks. Order is policy, so it is text: the first verdict other than
/// [Verdict.Pass] wins, cheap before dear (requirement B8).
public final class StandardPolicy {

  private final List<Check> atRcpt;

  public StandardPolicy(RecipientLimit recipientLimit, RecipientVerified recipientVerified) {
    this.atRcpt = List.of(recipientLimit, recipientVerified);
  }

  /// Whether a recipient may be accepted.
  public Mono<Verdict> atRcpt(RecipientQuestion question) {
    return from(0, question);
  }

  private Mono<Verdict> from(int index, RecipientQuestion question) {
    if (index == atRcpt.size()) {
      return Mono.just(Verdict.PASS);
    }
    Mono<Verdict> verdict = atRcpt.get(index).on(question);
    if (index == atRcpt.size() - 1) {
      return verdict;
    }
    return verdict.flatMap(said ->
        switch (said) {
          case Verdict.Pass _ -> from(index + 1, question);
          case Verdict.Refuse refuse -> Mono.just(refuse);
        });
  }
}
