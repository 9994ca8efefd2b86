package io.gatepost.allinone.split;

import io.gatepost.allinone.start.Token;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The bearer tokens of one run: each process has its own, and knows those of its callers.
final class SuiteTokens {

  private static final String OPERATOR = "operator";

  /// The callers that each service answers.
  private static final Map<String, List<String>> CALLERS =
      Map.of(
          "edge", List.of(OPERATOR),
          "routing", List.of("verification", "delivery", OPERATOR),
          "verification", List.of("edge", "delivery", OPERATOR),
          "scanner", List.of("edge", "delivery", OPERATOR),
          "queue", List.of("edge", "delivery", "scanner", OPERATOR),
          "delivery", List.of("edge", "verification", OPERATOR));

  private final Map<String, String> tokens = new HashMap<>();

  SuiteTokens() {
    CALLERS.values().stream()
        .flatMap(List::stream)
        .distinct()
        .forEach(caller -> tokens.put(caller, Token.generate()));
  }

  /// The operator's.
  String operator() {
    return token(OPERATOR);
  }

  /// The tokens that a process is told, as variables of its environment.
  ///
  /// @param name such as `queue`
  Map<String, String> of(String name) {
    Map<String, String> variables = new LinkedHashMap<>();
    if (tokens.containsKey(name)) {
      variables.put("GATEPOST_RPC_TOKEN", token(name));
    }
    for (String caller : CALLERS.getOrDefault(name, List.of())) {
      variables.put("GATEPOST_RPC_TOKENS_" + caller.toUpperCase(Locale.ROOT), token(caller));
    }
    return variables;
  }

  private String token(String caller) {
    return tokens.getOrDefault(caller, "");
  }
}
