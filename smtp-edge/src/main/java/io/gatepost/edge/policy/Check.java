package io.gatepost.edge.policy;

import io.gatepost.contract.client.PolicyReport.Setting;
import java.util.List;
import reactor.core.publisher.Mono;

/// One check of one stage. A check never fails: what it cannot find out is a 4xx verdict. What it
/// knows at once it answers with a [Mono#just].
///
/// @param <Q> what the stage knows of client and message
interface Check<Q> {
  Mono<Verdict> on(Q question);

  /// Whether its settings leave it something to do.
  default boolean isOn() {
    return true;
  }

  /// The settings that decide what it does, for people.
  default List<Setting> settings() {
    return List.of();
  }
}
