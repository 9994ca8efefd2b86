package io.gatepost.contract.scanning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.wire.ContractJson;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A scanner-gateway in wrong hands cannot have a client told that a message is accepted which is
/// thrown away, nor that one is lost for good which may come again.
class ScanDecisionTest {

  private static ScanDecision read(String type, String reply) {
    return ContractJson.MAPPER.readValue(
        """
        {"type": "%s", "finding": "x", "reason": "CONTENT_DEFERRED", "reply": "%s"}\
        """
            .formatted(type, reply),
        ScanDecision.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"250 2.0.0 accepted", "354 go on", "451 4.7.1 later"})
  void aRefusalIsPermanent(String reply) {
    assertThat(read("refuse", "550 5.7.1 no")).isInstanceOf(ScanDecision.Refuse.class);
    assertThatThrownBy(() -> read("refuse", reply)).hasMessageContaining("expected: 5xx");
  }

  @ParameterizedTest
  @ValueSource(strings = {"250 2.0.0 accepted", "354 go on", "550 5.7.1 no"})
  void whatMayComeAgainIsTransient(String reply) {
    assertThat(read("try-later", "451 4.7.1 later")).isInstanceOf(ScanDecision.TryLater.class);
    assertThatThrownBy(() -> read("try-later", reply)).hasMessageContaining("expected: 4xx");
  }
}
