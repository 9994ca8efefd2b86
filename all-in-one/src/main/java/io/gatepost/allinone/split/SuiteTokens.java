package io.gatepost.allinone.split;

import io.gatepost.allinone.start.Token;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The bearer tokens of one run: each process has its own, and knows those of its callers. Those by
/// which messages are scanned are others, so that scanner-gateway hears none that is good elsewhere
/// but the operator's, which it could read in `run/operator` as well.
final class SuiteTokens {

  private static final String OPERATOR = "operator";
  private static final String SCANNER = "scanner";

  /// The callers that each service answers.
  private static final Map<String, List<String>> CALLERS =
      Map.of(
          "edge",
          List.of(OPERATOR),
          "routing",
          List.of("verification", "delivery", OPERATOR),
          "verification",
          List.of("edge", "delivery", OPERATOR),
          SCANNER,
          List.of("edge", "delivery", OPERATOR),
          "queue",
          List.of("edge", "delivery", SCANNER, OPERATOR),
          "delivery",
          List.of("edge", "verification", OPERATOR));

  private final Map<String, String> tokens = new HashMap<>();
  private final Map<String, String> scanning = new HashMap<>();

  SuiteTokens() {
    CALLERS.values().stream()
        .flatMap(List::stream)
        .distinct()
        .forEach(caller -> tokens.put(caller, Token.generate()));
    for (String caller : CALLERS.getOrDefault(SCANNER, List.of())) {
      scanning.put(caller, caller.equals(OPERATOR) ? operator() : Token.generate());
    }
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
    if (scanning.containsKey(name)) {
      variables.put("GATEPOST_RPC_SCANNERTOKEN", scanning.getOrDefault(name, ""));
    }
    Map<String, String> known = name.equals(SCANNER) ? scanning : tokens;
    for (String caller : CALLERS.getOrDefault(name, List.of())) {
      variables.put(
          "GATEPOST_RPC_TOKENS_" + caller.toUpperCase(Locale.ROOT), known.getOrDefault(caller, ""));
    }
    return variables;
  }

  private String token(String caller) {
    return tokens.getOrDefault(caller, "");
  }
}
