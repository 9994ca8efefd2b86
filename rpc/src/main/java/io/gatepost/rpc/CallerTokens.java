package io.gatepost.rpc;

import io.gatepost.contract.setting.SettingException;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The bearer tokens that a service takes, one for each caller (`gatepost.rpc.tokens`); empty: that
/// caller may not call it. Which calls a caller may make stands in [Call].
///
/// @param edge of smtp-edge
/// @param delivery of delivery-service
/// @param verification of verification-service
/// @param scanner of scanner-gateway, which may only read the content of a message that it has been
///   given to scan
/// @param operator of the command line
public record CallerTokens(
    @DefaultValue("") String edge,
    @DefaultValue("") String delivery,
    @DefaultValue("") String verification,
    @DefaultValue("") String scanner,
    @DefaultValue("") String operator) {

  /// No tokens.
  public static final CallerTokens NONE = new CallerTokens("", "", "", "", "");

  /// Passes are signed with tokens ([ContentPass]): whoever sees one could try all short tokens.
  private static final int SHORTEST = 16;

  /// Throws [SettingException] where two callers have the same, or one is short.
  public CallerTokens {
    check("edge", edge, List.of());
    check("delivery", delivery, List.of(edge));
    check("verification", verification, List.of(edge, delivery));
    check("scanner", scanner, List.of(edge, delivery, verification));
    check("operator", operator, List.of(edge, delivery, verification, scanner));
  }

  private static void check(String caller, String token, List<String> others) {
    if (token.isEmpty()) {
      return;
    }
    if (token.length() < SHORTEST) {
      throw new SettingException(
          "gatepost.rpc.tokens." + caller,
          token.length() + " characters",
          "at least " + SHORTEST + " that cannot be guessed");
    }
    if (others.contains(token)) {
      throw new SettingException(
          "gatepost.rpc.tokens." + caller, "another caller's token", "one of its own");
    }
  }

  /// Whether there are none.
  public boolean isEmpty() {
    return equals(NONE);
  }

  String of(Caller caller) {
    return switch (caller) {
      case EDGE -> edge;
      case DELIVERY -> delivery;
      case VERIFICATION -> verification;
      case SCANNER -> scanner;
      case OPERATOR -> operator;
    };
  }

  /// Without the tokens, which have no place in a log.
  @Override
  public String toString() {
    return "CallerTokens[" + (isEmpty() ? "none" : "set") + "]";
  }
}
