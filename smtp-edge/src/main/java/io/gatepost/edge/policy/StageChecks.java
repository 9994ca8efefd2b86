package io.gatepost.edge.policy;

import io.gatepost.contract.rpc.Known;
import io.gatepost.edge.policy.CheckCounts.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Mono;

/// The checks of one stage in their order. The first refusal wins, unless its check warns only;
/// marks are collected on the way. What all checks know at once is decided at once.
///
/// @param <Q> what the stage knows of client and message
final class StageChecks<Q> {

  /// One check under its name.
  record Named<Q>(CheckName name, Check<Q> check) {}

  private final List<Named<Q>> checks;
  private final PolicyRules rules;
  private final CheckCounts counts;

  StageChecks(List<Named<Q>> checks, PolicyRules rules, CheckCounts counts) {
    this.checks = checks;
    this.rules = rules;
    this.counts = counts;
  }

  /// The checks, in their order.
  List<Named<Q>> checks() {
    return checks;
  }

  /// Asks the checks.
  ///
  /// @param exempt those that are not asked
  Mono<Decision> decide(Q question, Set<CheckName> exempt) {
    return decide(question, exempt, 0, List.of());
  }

  private Mono<Decision> decide(Q question, Set<CheckName> exempt, int from, List<Note> earlier) {
    List<Note> notes = earlier;
    for (int index = from; index < checks.size(); index++) {
      Named<Q> next = checks.get(index);
      if (!exempt.isEmpty() && isPassedOver(next.name(), exempt)) {
        counts.add(next.name(), Result.EXEMPT);
        continue;
      }
      counts.add(next.name(), Result.ASKED);
      Mono<Verdict> verdict = next.check().on(question);
      if (verdict == Verdict.PASS_NOW) {
        continue;
      }
      Verdict known = Known.value(verdict);
      if (known == null) {
        int following = index + 1;
        List<Note> soFar = notes;
        return verdict.flatMap(said ->
            said instanceof Verdict.Refuse refusal && refuses(next.name())
                ? refused(next.name(), refusal, soFar)
                : decide(question, exempt, following, noted(next.name(), said, soFar)));
      }
      if (known instanceof Verdict.Refuse refusal && refuses(next.name())) {
        return refused(next.name(), refusal, notes);
      }
      notes = noted(next.name(), known, notes);
    }
    return notes.isEmpty() ? Decision.PASSED : Mono.just(new Decision.Passed(notes));
  }

  private static boolean isPassedOver(CheckName check, Set<CheckName> exempt) {
    return check.isPassedOverWhereExempt() && exempt.contains(check);
  }

  private boolean refuses(CheckName check) {
    return !rules.warnOnly().contains(check);
  }

  private Mono<Decision> refused(CheckName check, Verdict.Refuse refusal, List<Note> notes) {
    counts.add(check, Result.REFUSED);
    return Mono.just(new Decision.Refused(check, refusal, notes));
  }

  /// The notes with what a check says that lets pass.
  private List<Note> noted(CheckName check, Verdict said, List<Note> notes) {
    return switch (said) {
      case Verdict.Pass _ -> notes;
      case Verdict.Mark(var reason, var text) -> {
        counts.add(check, Result.MARKED);
        yield plus(notes, new Note.Marked(check, reason, text));
      }
      case Verdict.Refuse refusal -> {
        counts.add(check, Result.WARNED);
        yield plus(notes, new Note.Warned(check, refusal));
      }
    };
  }

  private static List<Note> plus(List<Note> notes, Note note) {
    List<Note> more = new ArrayList<>(notes);
    more.add(note);
    return List.copyOf(more);
  }
}
