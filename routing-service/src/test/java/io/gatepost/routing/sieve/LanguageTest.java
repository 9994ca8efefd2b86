package io.gatepost.routing.sieve;

import static io.gatepost.routing.sieve.Deciding.holds;
import static io.gatepost.routing.sieve.Deciding.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The language (RFC 5228) with its variables, relations and address parts (RFC 5229, 5231, 5233).
/// The envelope is from tim@example.com to ken+sieve@example.org.
class LanguageTest {

  private static final String ALL =
      "'envelope', 'subaddress', 'variables', 'relational', 'regex', 'encoded-character',"
          + " 'comparator-i;ascii-numeric'";

  private static String holdsWithAll(String test) {
    return holds(ALL.replace('\'', '"'), test.replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "envelope 'from' 'TIM@example.COM'",
        "envelope :all :is ['from', 'to'] 'ken+sieve@example.org'",
        "envelope :localpart 'from' 'tim'",
        "envelope :domain 'TO' ['example.net', 'example.org']",
        "envelope :user 'to' 'ken'",
        "envelope :detail 'to' 'sieve'",
        "envelope :user 'from' 'tim'",
        "envelope :comparator 'i;octet' :localpart 'from' 'tim'",
        "envelope :contains 'from' 'IM@EX'",
        "envelope :contains 'from' ''",
        "envelope :matches 'to' 'k?n*@example.*'",
        "envelope :matches 'to' '*'",
        "envelope :regex 'to' '^ken\\\\+.*@example\\\\.(org|net)$'",
        "envelope :count 'eq' :comparator 'i;ascii-numeric' ['from', 'to'] '2'",
        "envelope :value 'gt' :comparator 'i;octet' :localpart 'from' 'tic'",
        "string :matches 'a*c?' 'a\\\\*c\\\\?'",
        "string :matches 'frop*' 'frop\\\\*'",
        "string :is :comparator 'i;ascii-numeric' '0020 apples' '20'",
        "string :value 'lt' :comparator 'i;ascii-numeric' '9' '10'",
        "string :value 'gt' :comparator 'i;ascii-numeric' 'none' '999999999999999999999'",
        "string :is '${hex: 40}' '@'",
        "string :is '${unicode: 40}${hex:24 24}' '@$$'",
        "string '${unset}' ''",
        "not false",
        "allof (true, not false)",
        "anyof (false, true)"
      })
  void testsThatHold(String test) {
    assertThat(holdsWithAll(test)).isEqualTo("kept");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "envelope :comparator 'i;octet' 'from' 'TIM@example.com'",
        "envelope :localpart 'from' 'ti'",
        "envelope :detail 'from' ''",
        "envelope :detail :contains 'from' ''",
        "envelope :matches 'to' 'k?n@*'",
        "envelope :matches 'to' '*@example.or'",
        "envelope :count 'gt' :comparator 'i;ascii-numeric' 'to' '1'",
        "envelope :value 'ne' :domain 'to' 'example.org'",
        "string :matches 'abc' 'a\\\\*c'",
        "string :is :comparator 'i;ascii-numeric' '20' '21'",
        "string :is '${hex: 4Z}' '@'",
        "allof (true, false)",
        "anyof (false, not true)"
      })
  void testsThatDoNotHold(String test) {
    assertThat(holdsWithAll(test)).isEqualTo("discarded");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "header :contains 'subject' 'money'",
        "address :is 'from' 'a@b'",
        "exists 'x-spam'",
        "size :over 100K",
        "anyof (false, header 'a' 'b')",
        "allof (header 'a' 'b', true)",
        "not exists 'x'"
      })
  void testsThatTheContentDecides(String test) {
    assertThat(holdsWithAll(test)).isEqualTo("undecided");
  }

  @Test
  void whatIsKnownDecidesBesideWhatIsNot() {
    assertThat(holdsWithAll("anyof (header 'a' 'b', true)")).isEqualTo("kept");
    assertThat(holdsWithAll("allof (header 'a' 'b', false)")).isEqualTo("discarded");
  }

  @Test
  void theNullReversePathIsTheEmptyString() {
    String script = "require \"envelope\"; if envelope %s \"from\" \"\" { discard; }";

    assertThat(says(script.formatted(":all"), "", "ken@example.org")).isEqualTo("discarded");
    assertThat(says(script.formatted(":domain"), "", "ken@example.org")).isEqualTo("discarded");
    assertThat(says(script.formatted(""), "a@b", "ken@example.org")).isEqualTo("kept");
  }

  /// RFC 5229 §3: what a star matches is as little as it can be.
  @Test
  void wildcardsSetTheGroups() {
    String script =
        """
        require ["envelope", "variables", "reject"];
        if envelope :matches "to" "*+*@*.org" { reject "${0}|${1}|${2}|${3}|${4}"; }
        """;

    assertThat(says(script)).isEqualTo("refused: ken+sieve@example.org|ken|sieve|example|");
  }

  @ParameterizedTest
  @CsvSource({
    "'', ${A}, juMBlEd lETteRS",
    ":length, ${A}, 15",
    ":lower, ${A}, jumbled letters",
    ":upperfirst, ${A}, JuMBlEd lETteRS",
    ":upperfirst :lower, ${a}, Jumbled letters",
    ":quotewildcard, Rock*, 'Rock\\*'",
    "'', ${missing}x${}, x${}",
    "'', ${President, '${President'"
  })
  void valuesAreModified(String modifiers, String value, String result) {
    String script =
        """
        require ["variables", "reject"];
        set "a" "juMBlEd lETteRS";
        set %s "b" "%s";
        reject "${b}";
        """;

    assertThat(says(script.formatted(modifiers, value))).isEqualTo("refused: " + result);
  }

  @Test
  void commentsBlanksAndMultiLineTextAreRead() {
    String script =
        """
        # a comment
        require /* another
        one */ ["reject"] ;
        reject text: # of two lines
        No, thank you.
        ..dots stay
        .
        ;
        """;

    assertThat(says(script)).isEqualTo("refused: No, thank you.\n.dots stay\n");
    assertThat(says(script.replace("\n", "\r\n"))).isEqualTo(says(script));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keep",
        "keep; }",
        "if true { keep;",
        "if true keep;",
        "if { keep; }",
        "elsif true { keep; }",
        "else { keep; }",
        "frobnicate;",
        "if frobnicate { keep; }",
        "require \"frobnicate\";",
        "keep; require \"reject\";",
        "reject \"no\";",
        "redirect \"no address\";",
        "redirect [\"a@b\", \"c@d\"];",
        "redirect :copy \"a@b\";",
        "if envelope \"from\" \"x\" { keep; }",
        "require \"envelope\"; if envelope \"cc\" \"x\" { keep; }",
        "require \"envelope\"; if envelope :is :contains \"to\" \"x\" { keep; }",
        "require \"envelope\"; if envelope :detail \"to\" \"x\" { keep; }",
        "require \"envelope\"; if envelope :regex \"to\" \"x\" { keep; }",
        "require [\"envelope\",\"regex\"]; if envelope :regex \"to\" \"(\" { keep; }",
        "require [\"envelope\",\"regex\"]; if envelope :regex \"to\" \"((a{99}){99}){99}\" { keep;"
            + " }",
        "require [\"variables\"]; set :lower :upper \"a\" \"b\";",
        "require [\"variables\"]; set \"a b\" \"b\";",
        "require [\"encoded-character\", \"reject\"]; reject \"${unicode:D800}\";",
        "if size :over 99999999999G { keep; }",
        "/* without end",
        "redirect \"without end",
        "redirect text:\nwithout end",
        "stop :now;",
        "[];"
      })
  void brokenScriptsAreFoundWithTheirLine(String script) {
    assertThatThrownBy(() -> Script.parse("\n" + script))
        .isInstanceOf(BrokenScriptException.class)
        .hasMessageMatching("(?s)line [2-4]: .+");
  }

  @Test
  void nestingIsBounded() {
    String deep = "if true {".repeat(SyntaxParser.MAX_DEPTH - 1) + "}".repeat(31);
    assertThat(says(deep)).isEqualTo("kept");

    assertThatThrownBy(() -> Script.parse("if true {".repeat(7_000)))
        .hasMessageContaining("too deeply");
    assertThatThrownBy(() -> Script.parse("if " + "not ".repeat(15_000) + "true {}"))
        .hasMessageContaining("too deeply");
    assertThatThrownBy(() -> Script.parse("#" + "x".repeat(Bounds.MAX_SCRIPT)))
        .hasMessageContaining("too long");
  }

  /// RFC 5463 §4.
  @Test
  void whatGuardsAnUnknownExtensionIsPassedOver() {
    String script =
        """
        require ["ihave"];
        if ihave "frobnicate" { frobnicate; } elsif ihave "reject" { reject "no"; }
        """;

    assertThat(says(script)).isEqualTo("refused: no");
  }
}
