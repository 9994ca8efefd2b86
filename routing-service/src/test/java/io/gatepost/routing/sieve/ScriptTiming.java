package io.gatepost.routing.sieve;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Cost of scripts, once warm, in nanoseconds of wall time: half of the calls, 99 and 99.9 of a
/// hundred. Run by hand: no test, as the figures are the machine's.
public final class ScriptTiming {

  private static final int RULES = 50;
  private static final int CALLS = 5_000;
  private static final int FEW_CALLS = 1_000;
  private static final int WARM_UP = 3;

  private static final ForwardPath TO = ForwardPath.of("ken+lists@here.example");
  private static final Facts STRANGER = new Facts(ReversePath.of("tim@far.example"), TO);
  private static final Facts LAST =
      new Facts(ReversePath.of("ads@d" + (RULES - 1) + ".example"), TO);

  private static int sink;

  private ScriptTiming() {}

  public static void main(String[] arguments) {
    judging("envelope", envelopes(RULES));
    judging("envelope and header", headers(RULES));
    judging("regex", expressions(RULES));

    String large = fill(envelopes(700));
    time(large.length() + " characters, parsing", FEW_CALLS, () -> Script.parse(large));
    Script script = Script.parse(large);
    time(large.length() + " characters, judging", FEW_CALLS, () -> decide(script, STRANGER));
    dearest();
    System.out.println(sink);
  }

  private static void judging(String what, String text) {
    time(RULES + " rules of " + what + ", parsing", CALLS, () -> Script.parse(text));
    Script script = Script.parse(text);
    time("  judging, none holds", CALLS, () -> decide(script, STRANGER));
    time("  judging, the last holds", CALLS, () -> decide(script, LAST));
  }

  /// Scripts that use up their work.
  private static void dearest() {
    String require =
        "require [\"variables\", \"regex\", \"relational\"]; set \"a\" \""
            + "ab".repeat(2_000)
            + "\";";
    String[] dear = {
      "if string :contains \"${a}\" \"" + "ab".repeat(60) + "c\" {keep;}\n",
      "if string :matches \"${a}\" \"*a*b*a*b*c\" {keep;}\n",
      "if string :is \"${a}\" \"${a}c\" {keep;}\n",
      "if string :value \"lt\" \"${a}\" \"${a}\" {keep;}\n",
      "if string :regex \"${a}\" \"(a|b)*(ab|ba)*(b|a)*c\" {keep;}\n",
      "if string :regex \"" + "ab".repeat(250) + "\" \"(\\\\w*\\\\d?){250}!?\" {keep;}\n",
      "if string :regex \"a\" \"" + "\\\\pL".repeat(18) + "${c}\" {keep;}\n",
      "if string :regex \"a\" \"(ab${c}){500}\" {keep;}\n",
      "set :lower :upperfirst :quotewildcard \"a\" \"${a}\";\n",
      "set \"b\" \"${a}${a}\";\n"
    };
    for (String each : dear) {
      Script script =
          Script.parse(require + fill(each.repeat(each.contains("250") ? 15 : 1_500), require));
      String shown =
          each.length() > 200 ? each.substring(each.length() - 40, each.length() - 1) : each;
      shown = shown.strip().substring(0, Math.min(36, shown.strip().length()));
      time("dear: " + shown, FEW_CALLS / 20, () -> failing(script));
    }
  }

  private static Object failing(Script script) {
    try {
      return decide(script, STRANGER);
    } catch (BrokenScriptException e) {
      return e.getMessage();
    }
  }

  private static Decision decide(Script script, Facts facts) {
    return Analysis.decide(script, facts);
  }

  private static String envelopes(int rules) {
    return "require [\"envelope\", \"reject\"];\n"
        + rules(
            rules, "if envelope :domain \"from\" [\"d%1$d.example\", \"e%1$d.example\"] {%2$s}\n");
  }

  private static String headers(int rules) {
    return "require [\"envelope\", \"reject\"];\n"
        + rules(
            rules,
            "if allof (envelope :domain \"from\" \"d%1$d.example\", true) {%2$s}"
                + " elsif header :contains \"subject\" \"offer %1$d\" {discard;}\n");
  }

  private static String expressions(int rules) {
    return "require [\"envelope\", \"regex\", \"reject\"];\n"
        + rules(
            rules,
            "if envelope :regex \"from\" \"^[a-z.]+@(mail\\\\.)?d%1$d[.]example$\" {%2$s}\n");
  }

  private static String rules(int rules, String rule) {
    return IntStream.range(0, rules)
        .mapToObj(i -> rule.formatted(i, "reject \"No mail from you, " + i + ".\"; stop;"))
        .collect(Collectors.joining());
  }

  /// The rules that a script has room for.
  private static String fill(String text) {
    return fill(text, "");
  }

  /// @param before what takes some of the room
  private static String fill(String text, String before) {
    int room = Bounds.MAX_SCRIPT - before.length();
    return text.length() <= room ? text : text.substring(0, text.lastIndexOf('\n', room - 1) + 1);
  }

  private static void time(String what, int calls, Supplier<Object> call) {
    long[] nanos = new long[calls];
    for (int round = 0; round <= WARM_UP; round++) {
      for (int i = 0; i < calls; i++) {
        long start = System.nanoTime();
        sink += call.get().hashCode();
        nanos[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        "%-44s p50 %9d  p99 %9d  p99.9 %9d ns%n",
        what,
        nanos[calls / 2],
        nanos[(int) (calls * 99L / 100)],
        nanos[(int) (calls * 999L / 1_000)]);
  }
}
