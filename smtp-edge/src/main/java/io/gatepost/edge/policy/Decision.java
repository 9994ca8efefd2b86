package io.gatepost.edge.policy;

import java.util.List;
import reactor.core.publisher.Mono;

/// The decision of all checks of a stage.
public sealed interface Decision {

  /// Notes of the checks up to the decision, in their order.
  List<Note> notes();

  /// It may go on.
  record Passed(List<Note> notes) implements Decision {}

  /// It is refused.
  ///
  /// @param check the first that refuses
  record Refused(CheckName check, Verdict.Refuse refusal, List<Note> notes) implements Decision {}

  /// Passed without a note, known at once.
  Mono<Decision> PASSED = Mono.just(new Passed(List.of()));
}
