package io.gatepost.routing.sieve;

import java.util.Random;

/// Scripts at random that follow the grammar.
final class RandomScripts {

  static final String REQUIRE =
      "require [\"envelope\", \"subaddress\", \"reject\", \"copy\", \"fileinto\", \"variables\","
          + " \"vacation\", \"regex\", \"relational\", \"comparator-i;ascii-numeric\"];\n";

  private static final String[] STRINGS = {
    "ken", "*", "k*", "?en+*", "${1}", "${v}", "${w}x", "a@b.example", "c@d.example", "", "2", "e"
  };
  private static final String[] PARTS = {":all", ":user", ":detail", ":localpart", ":domain", ""};
  private static final String[] TYPES = {
    ":is", ":contains", ":matches", ":value \"ge\"", ":count \"eq\"", ""
  };

  private final Random random;
  private final boolean withContent;

  /// @param withContent whether some tests need the content
  RandomScripts(Random random, boolean withContent) {
    this.random = random;
    this.withContent = withContent;
  }

  String next() {
    return REQUIRE + block(3);
  }

  private String one(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private String text() {
    return "\"" + one(STRINGS) + "\"";
  }

  private String block(int depth) {
    StringBuilder block = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      block.append(command(depth)).append('\n');
    }
    return block.toString();
  }

  private String command(int depth) {
    return switch (random.nextInt(depth > 0 ? 13 : 9)) {
      case 0 -> "keep;";
      case 1 -> "discard;";
      case 2 -> "redirect " + one(":copy ", "") + "\"" + one("a@b.example", "c@d.example") + "\";";
      case 3 -> "reject " + text() + ";";
      case 4 -> "set " + one(":length ", ":upper ", "") + one("\"v\" ", "\"w\" ") + text() + ";";
      case 5 -> "fileinto " + one(":copy ", "") + text() + ";";
      case 6 -> one("stop;", "keep;", "redirect \"${v}@b.example\";");
      case 7 -> "set \"v\" " + text() + ";";
      case 8 -> "vacation " + text() + ";";
      default ->
          "if %s {%s} elsif %s {%s} else {%s}"
              .formatted(test(2), block(depth - 1), test(2), block(depth - 1), block(depth - 1));
    };
  }

  private String test(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 4)) {
      case 0 -> one("true", "false");
      case 1 -> "string " + one(TYPES) + " " + text() + " [" + text() + ", " + text() + "]";
      case 2, 3 ->
          withContent && random.nextBoolean()
              ? one("header :matches \"a\" \"*\"", "size :over 1K", "exists \"x\"")
              : "envelope %s %s [\"from\", \"to\"] [%s, %s]"
                  .formatted(one(PARTS), one(TYPES), text(), text());
      case 4 -> "not " + test(depth - 1);
      default -> one("anyof", "allof") + " (" + test(depth - 1) + ", " + test(depth - 1) + ")";
    };
  }
}
