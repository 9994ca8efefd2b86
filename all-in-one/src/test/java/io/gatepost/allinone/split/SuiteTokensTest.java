package io.gatepost.allinone.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SuiteTokensTest {

  private static final List<String> SERVICES =
      List.of("edge", "routing", "verification", "scanner", "queue", "delivery");

  private final SuiteTokens tokens = new SuiteTokens();

  @Test
  void eachCallerHasATokenOfItsOwn() {
    Set<String> own = new HashSet<>();
    for (String caller : List.of("edge", "delivery", "verification", "scanner")) {
      own.add(tokens.of(caller).get("GATEPOST_RPC_TOKEN"));
    }
    own.add(tokens.operator());

    assertThat(own).hasSize(5).doesNotContainNull().doesNotContain("");
  }

  @Test
  void whoCallsNobodyHasNone() {
    assertThat(tokens.of("routing")).doesNotContainKey("GATEPOST_RPC_TOKEN");
    assertThat(tokens.of("queue")).doesNotContainKey("GATEPOST_RPC_TOKEN");
    assertThat(tokens.of("infrastructure")).isEmpty();
  }

  @Test
  void aServiceKnowsTheTokensOfItsCallersAndNoOther() {
    Map<String, String> queue = tokens.of("queue");

    assertThat(queue)
        .containsOnlyKeys(
            "GATEPOST_RPC_TOKENS_EDGE",
            "GATEPOST_RPC_TOKENS_DELIVERY",
            "GATEPOST_RPC_TOKENS_SCANNER",
            "GATEPOST_RPC_TOKENS_OPERATOR")
        .containsEntry(
            "GATEPOST_RPC_TOKENS_SCANNER",
            String.valueOf(tokens.of("scanner").get("GATEPOST_RPC_TOKEN")))
        .containsEntry("GATEPOST_RPC_TOKENS_OPERATOR", tokens.operator());
  }

  /// Who answers a call has seen its token.
  @Test
  void theGatewayHearsNoTokenThatAServiceMayUseElsewhere() {
    Map<String, String> gateway = tokens.of("scanner");

    assertThat(gateway.values())
        .doesNotContain(
            String.valueOf(tokens.of("edge").get("GATEPOST_RPC_TOKEN")),
            String.valueOf(tokens.of("delivery").get("GATEPOST_RPC_TOKEN")));
    for (String caller : List.of("edge", "delivery")) {
      assertThat(tokens.of(caller))
          .containsEntry(
              "GATEPOST_RPC_SCANNERTOKEN",
              String.valueOf(
                  gateway.get("GATEPOST_RPC_TOKENS_" + caller.toUpperCase(Locale.ROOT))));
    }
    assertThat(tokens.of("verification")).doesNotContainKey("GATEPOST_RPC_SCANNERTOKEN");
  }

  @Test
  void anOperatorMayAskAll() {
    assertThat(SERVICES)
        .allSatisfy(name ->
            assertThat(tokens.of(name))
                .containsEntry("GATEPOST_RPC_TOKENS_OPERATOR", tokens.operator()));
  }

  @Test
  void anotherRunHasOthers() {
    assertThat(new SuiteTokens().operator()).isNotEqualTo(tokens.operator());
  }
}
