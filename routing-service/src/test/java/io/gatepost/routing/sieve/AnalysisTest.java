package io.gatepost.routing.sieve;

import static io.gatepost.routing.sieve.Deciding.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Decisions that are certain before the content has been seen: the table of docs/routing.md.
class AnalysisTest {

  private static final String REQUIRE =
      "require [\"reject\", \"ereject\", \"copy\", \"fileinto\", \"variables\", \"envelope\","
          + " \"vacation\", \"imap4flags\"]; ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                                    | kept
          keep;                                                 | kept
          fileinto "x";                                         | kept
          vacation "away";                                      | kept
          vacation "away"; keep;                                | kept
          vacation "away"; discard;                             | discarded
          vacation "away"; redirect "a@b";                      | to [a@b]
          discard;                                              | discarded
          discard; keep;                                        | kept
          stop; discard;                                        | kept
          redirect "a@b";                                       | to [a@b]
          redirect "<a@B>"; redirect "c@d"; redirect "a@b";     | to [a@b, c@d]
          redirect "a@b"; keep;                                 | kept, copies [a@b]
          redirect :copy "a@b";                                 | kept, copies [a@b]
          redirect :copy "a@b"; discard;                        | to [a@b]
          fileinto :copy "x"; redirect "a@b";                   | kept, copies [a@b]
          reject "no";                                          | refused: no
          ereject "no"; stop;                                   | refused: no
          discard; reject "no";                                 | refused: no
          if HEADER {discard;}                                  | undecided
          if HEADER {discard;} keep;                            | kept
          if HEADER {fileinto "a";} else {fileinto "b";}        | kept
          if HEADER {discard; stop;} reject "no";               | undecided
          if HEADER {reject "a";} else {reject "b";}            | refused: ?
          if HEADER {reject "a";}                               | undecided
          if HEADER {stop;} redirect "a@b";                     | undecided
          redirect "a@b"; if HEADER {keep;}                     | undecided, copies [a@b]
          redirect "a@b"; if HEADER {redirect "c@d";}           | undecided, copies [a@b]
          redirect "a@b"; if HEADER {reject "no";}              | undecided
          if HEADER {vacation "away";}                          | kept
          if HEADER {vacation "away";} discard;                 | discarded
          if HEADER {vacation "away";} reject "no";             | undecided
          if HEADER {vacation "a";} discard; vacation "b";      | undecided
          if HEADER {vacation "a";} else {reject "no";}         | undecided
          if HEADER {reject "no"; stop;} vacation "a"; discard; | undecided
          if HEADER {reject "a"; keep;} discard;                | undecided
          if HEADER {fileinto :copy "x";} reject "no";          | undecided
          if HEADER {redirect "a@b";} else {redirect "a@b";}    | to [a@b]
          if HEADER {redirect "a@b";} else {redirect "c@d";}    | undecided
          if HEADER {discard;} elsif HEADER {discard;} else {discard;} | discarded
          if HEADER {set "w" "a";} reject "${w}";               | refused: ?
          if HEADER {set "w" "a";} redirect "${w}@b";           | undecided
          setflag "w" "x"; reject "${w}";                       | refused: ?
          if header :matches "s" "*" {} reject "${1}";          | refused: ?
          set "n" "x"; if HEADER {redirect "${n}";} reject "no";        | undecided
          """)
  void onlyWhatIsCertainCounts(String script, String decision) {
    assertThat(says(REQUIRE + script.replace("HEADER", "header \"a\" \"b\""))).isEqualTo(decision);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keep; reject \"no\";",
        "reject \"no\"; redirect \"a@b\";",
        "reject \"no\"; reject \"no\";",
        "reject \"no\"; ereject \"no\";",
        "ereject \"no\"; keep;",
        "fileinto :copy \"x\"; reject \"no\";",
        "redirect :copy \"a@b\"; ereject \"no\";",
        "vacation \"away\"; reject \"no\";",
        "ereject \"no\"; vacation \"away\";",
        "vacation \"away\"; discard; vacation \"away\";",
        "set \"a\" \"nowhere\"; redirect \"${a}\";",
        "redirect \"1@b\";redirect \"2@b\";redirect \"3@b\";redirect \"4@b\";redirect \"5@b\";"
            + "redirect \"6@b\";redirect \"7@b\";redirect \"8@b\";redirect \"9@b\";"
            + "redirect \"10@b\";redirect \"11@b\";"
      })
  void aScriptThatContradictsItselfFails(String script) {
    assertThatThrownBy(() -> says(REQUIRE + script)).isInstanceOf(BrokenScriptException.class);
  }

  /// Requirements C18, C19.
  @Test
  void senderAndDetailDecide() {
    String script =
        """
        require ["envelope", "subaddress", "reject"];
        if envelope :domain :is "from" "ads.example" { reject "No advertisements"; }
        elsif envelope :detail "to" ["shop", "lists"] { keep; }
        elsif envelope :contains :localpart "to" "+" { reject "No such list"; }
        """;

    assertThat(says(script, "x@ads.example", "ann@here.example"))
        .isEqualTo("refused: No advertisements");
    assertThat(says(script, "x@b.example", "ann@here.example")).isEqualTo("kept");
    assertThat(says(script, "x@b.example", "ann+shop@here.example")).isEqualTo("kept");
    assertThat(says(script, "x@b.example", "ann+bad@here.example"))
        .isEqualTo("refused: No such list");
  }

  @Test
  void theExampleOfTheGuideSaysWhatTheGuideSays() {
    String script =
        """
        require ["envelope", "subaddress", "reject", "variables"];
        if envelope :domain "from" "ads.example" {
          reject "No advertisements, please.";
        } elsif envelope :detail "to" ["shop", "lists"] {
          keep;
        } elsif envelope :matches :localpart "to" "*+*" {
          reject "I have no list ${2}.";
        }
        """;

    assertThat(says(script, "x@ads.example", "alice@example.test"))
        .isEqualTo("refused: No advertisements, please.");
    assertThat(says(script, "x@far.example", "alice@example.test")).isEqualTo("kept");
    assertThat(says(script, "x@far.example", "alice+shop@example.test")).isEqualTo("kept");
    assertThat(says(script, "x@far.example", "alice+old@example.test"))
        .isEqualTo("refused: I have no list old.");
  }

  @Test
  void tooMuchWorkFails() {
    String pattern = "a".repeat(300) + "*b";
    String script =
        "require [\"variables\"]; set \"v\" \"%s\";".formatted("a".repeat(4000))
            + "if string :matches \"${v}\" \"*%s\" {}".formatted(pattern).repeat(20);

    assertThatThrownBy(() -> says(script)).hasMessageContaining("too much to compare");
  }

  @Test
  void aDoublingVariableIsCut() {
    String script =
        "require [\"variables\", \"reject\"]; set \"v\" \"abcdefgh\";"
            + "set \"v\" \"${v}${v}\";".repeat(40)
            + "set :length \"v\" \"${v}\"; reject \"${v}\";";

    assertThat(says(script)).isEqualTo("refused: 4000");
  }

  /// Each line is a few nanoseconds of comparing for one who counts characters only.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "if string :regex '${v}' '(\\\\w*\\\\d?){250}!?' {}",
        "if string :regex '${v}' '((a)*(b|a)?){200}!' {}",
        "if string :regex 'x' '\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL${w}' {}",
        "if string :value 'lt' '${v}' '${v}' {}",
        "set :lower :upperfirst :quotewildcard 'v' '${v}';"
      })
  void aScriptMadeToBeDearTakesABoundedTime(String line) {
    String script =
        "require [\"variables\", \"regex\", \"relational\"]; set \"v\" \"%s\";"
                .formatted("ab".repeat(2000))
            + line.replace('\'', '"').repeat(300);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    long start = threads.getCurrentThreadCpuTime();
    decided(script);

    assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - start))
        .isLessThan(Duration.ofSeconds(1));
  }

  private static String decided(String script) {
    try {
      return says(script);
    } catch (BrokenScriptException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(abcdefghijabcdefghijabcdefghijabcdefghij){600}",
        "((a|b|c){30}){30}",
        "\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\PL"
      })
  void anExpressionWithALargeProgramIsRefused(String expression) {
    String script =
        "require [\"envelope\", \"regex\"];\nif envelope :regex \"to\" \"" + expression + "\" {}";

    assertThatThrownBy(() -> Script.parse(script))
        .isInstanceOf(BrokenScriptException.class)
        .hasMessageStartingWith("line 2: a regular expression");
  }

  @Test
  void theExpressionsOfAScriptAreBoundedTogether() {
    String rule = "if envelope :regex \"to\" \"([a-z]?){450}@\" {}\n";

    Script few = Script.parse("require [\"envelope\", \"regex\"];\n" + rule.repeat(15));

    assertThat(few.octets()).isBetween(500_000, 2_000_000);
    assertThatThrownBy(() -> Script.parse("require [\"envelope\", \"regex\"];\n" + rule.repeat(50)))
        .hasMessageContaining("too many regular expressions");
  }

  @Test
  void aScriptFullOfUsualExpressionsIsWithinItsBounds() {
    String rules = "require [\"envelope\", \"regex\"];\n";
    for (int i = 0; i < 700; i++) {
      rules +=
          "if envelope :regex \"from\" \"^[a-z.]+@(mail\\\\.)?d" + i + "[.]example$\" {stop;}\n";
    }

    assertThat(says(rules, "somebody.else@some.far.example", "alice@example.test"))
        .isEqualTo("kept");
  }
}
