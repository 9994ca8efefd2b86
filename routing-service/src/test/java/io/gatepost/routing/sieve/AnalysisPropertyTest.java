package io.gatepost.routing.sieve;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Scripts at random: none throws anything but its own exception, and what is said to be certain
/// holds whatever the content says.
class AnalysisPropertyTest {

  private static final int SCRIPTS = 5_000;
  private static final Pattern CONTENT =
      Pattern.compile("header :matches \"a\" \"\\*\"|size :over 1K|exists \"x\"");
  private static final Facts FACTS =
      new Facts(ReversePath.of("tim@e.example"), ForwardPath.of("ken+x@here.example"));

  private final Random random = new Random(20_250_301);

  /// Each test of the content is answered at random, as by a plain interpreter with a content: a
  /// header that matches `*` with one text, or none.
  private String answered(String script) {
    Matcher tests = CONTENT.matcher(script);
    StringBuilder answered = new StringBuilder();
    while (tests.find()) {
      String answer =
          tests.group().startsWith("header")
              ? random.nextBoolean() ? "string :matches \"a text\" \"*\"" : "false"
              : String.valueOf(random.nextBoolean());
      tests.appendReplacement(answered, answer);
    }
    return tests.appendTail(answered).toString();
  }

  @Test
  void whatIsCertainHoldsForEveryContent() {
    RandomScripts scripts = new RandomScripts(random, true);
    int certain = 0;
    for (int i = 0; i < SCRIPTS; i++) {
      String script = scripts.next();
      Decision before;
      try {
        before = Analysis.decide(Script.parse(script), FACTS);
      } catch (BrokenScriptException e) {
        continue; // said below
      }
      for (int content = 0; content < 4; content++) {
        String whole = answered(script);
        Decision after;
        try {
          after = Analysis.decide(Script.parse(whole), FACTS);
        } catch (BrokenScriptException e) { // what may fail is not certain
          assertThat(before).as(whole).isInstanceOf(Decision.Undecided.class);
          continue;
        }
        assertThat(agrees(before, after))
            .as("%s\n%s, but %s\n%s", script, before, after, whole)
            .isTrue();
      }
      certain += before instanceof Decision.Undecided ? 0 : 1;
    }
    assertThat(certain).isGreaterThan(SCRIPTS / 10);
  }

  private static boolean agrees(Decision before, Decision after) {
    return switch (before) {
      case Decision.Refused(var words) ->
          after instanceof Decision.Refused(var found) && (words.isEmpty() || words.equals(found));
      case Decision.Undecided(var copies) -> addresses(after).containsAll(copies);
      case Decision.Kept _, Decision.Discarded _ -> after.equals(before);
      case Decision.Redirected _ -> after.equals(before);
    };
  }

  private static List<ForwardPath> addresses(Decision decision) {
    return switch (decision) {
      case Decision.Kept(var copies) -> copies;
      case Decision.Undecided(var copies) -> copies;
      case Decision.Redirected(var addresses) -> addresses;
      case Decision.Refused _, Decision.Discarded _ -> List.of();
    };
  }

  @Test
  void withoutTestsOfTheContentNothingIsUndecided() {
    RandomScripts scripts = new RandomScripts(random, false);
    for (int i = 0; i < SCRIPTS; i++) {
      String script = scripts.next();
      try {
        assertThat(Analysis.decide(Script.parse(script), FACTS))
            .as(script)
            .isNotInstanceOf(Decision.Undecided.class);
      } catch (BrokenScriptException e) {
        assertThat(e).hasMessageContaining("line "); // refused and delivered
      }
    }
  }

  @Test
  void octetsAtRandomAreRefusedOrRead() {
    RandomScripts scripts = new RandomScripts(random, true);
    for (int i = 0; i < SCRIPTS; i++) {
      byte[] octets = scripts.next().getBytes(StandardCharsets.UTF_8);
      for (int j = random.nextInt(5); j >= 0; j--) {
        octets[random.nextInt(octets.length)] =
            (byte) "{}();,:[]\"\\$*0Ka\n\0\u00ff".charAt(random.nextInt(19));
      }
      String text = new String(octets, StandardCharsets.ISO_8859_1);
      try {
        Analysis.decide(Script.parse(text.substring(random.nextInt(3))), FACTS);
      } catch (BrokenScriptException e) {
        assertThat(e.getMessage()).matches("[ -~]+").hasSizeLessThan(300);
      }
    }
  }
}
