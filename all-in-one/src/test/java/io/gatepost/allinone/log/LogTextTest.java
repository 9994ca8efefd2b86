package io.gatepost.allinone.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "from=<{}>     | bob@far.example         | from=<bob@far.example>",
        "from=<{}>     | bounce+a=b@far.example  | from=<bounce+a=b@far.example>",
        "user={}       | eve                     | user=eve",
        "user={}       | eve user=bob            | user=eve\\u0020user\\u003dbob",
        "to=<{}>       | \"a b\"@far.example     | to=<\\\"a\\u0020b\\\"@far.example>",
        "to=<{}>       | a> qid=1 <b             | to=<a\\u003e\\u0020qid\\u003d1\\u0020\\u003cb>",
        "reply=\"{}\"  | 550 5.1.1 No such user  | reply=\"550 5.1.1 No such user\"",
        "reply=\"{}\"  | 250 \" user=eve         | reply=\"250 \\\" user=eve\"",
        "reply=\"{}\"  | 250 a\\b                | reply=\"250 a\\\\b\"",
        "it says {}    | no such = \"place\"     | it says no such = \"place\"",
      })
  void aValueIsEscapedForItsPlace(String message, String value, String expected) {
    assertThat(LogText.of(message, new Object[] {value})).isEqualTo(expected);
  }

  @Test
  void aPathIsNoListOfItsNames() {
    assertThat(LogText.of("file={}", new Object[] {Path.of("/etc/gatepost/aliases")}))
        .isEqualTo("file=/etc/gatepost/aliases");
  }

  @Test
  void controlCharactersOfAnyKindAreEscapedEverywhere() {
    String evil = "a\n\u001b[2J\u007f\u0085\u009b31m\u2028\u202eb";
    String escaped = "a\\u000a\\u001b[2J\\u007f\\u0085\\u009b31m\\u2028\\u202eb";

    assertThat(LogText.of("it says {}", new Object[] {evil})).isEqualTo("it says " + escaped);
    assertThat(LogText.of("x=\"{}\"", new Object[] {evil})).isEqualTo("x=\"" + escaped + "\"");
    assertThat(LogText.of("x={}", new Object[] {evil})).isEqualTo("x=" + escaped);
    assertThat(LogText.of(evil, null)).isEqualTo(escaped);
  }

  @Test
  void lettersOfAllScriptsStay() {
    assertThat(LogText.of("to=<{}>", new Object[] {"üser@bücher.example"}))
        .isEqualTo("to=<üser@bücher.example>");
  }

  @Test
  void placesAndArgumentsThatHaveNoPartnerAreLeftAlone() {
    assertThat(LogText.of("a {} b {}", new Object[] {1})).isEqualTo("a 1 b {}");
    assertThat(LogText.of("a", new Object[] {1, 2})).isEqualTo("a");
    assertThat(LogText.of("x={} y={}", new Object[] {List.of(1, 2), null}))
        .isEqualTo("x=[1,2] y=null");
  }
}
