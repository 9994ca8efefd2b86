package io.gatepost.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamePatternsTest {

  @ParameterizedTest
  @CsvSource({
    "mx.example, MX.Example, true",
    "mx.example, amx.example, false",
    "mx.example, mx.example., true",
    "b\u00fccher.example., XN--bcher-kva.example, true",
    "*.dyn.example, 1.dyn.example., true",
    "/.*dyn.example/, 1.dyn.example., true",
    "bot!, BOT!, true",
    "*.dyn.example, 1.dyn.example, true",
    "*.dyn.example, dyn.example, false",
    "*.Dyn.*, a.dyn.example, true",
    "*-*-*, a-b-c, true",
    "*-*-*, a-b, false",
    "*ab, aab, true",
    "a*a, a, false",
    "a*, a, true",
    "*, x, true",
    "a.*b, axxb, false",
    "/a.*b/, axxB, true",
    "/a.*b/, caxxb, false",
  })
  void aNameIsOnTheList(String pattern, String name, boolean matches) {
    assertThat(NamePatterns.parse("list", List.of("# names", pattern)).matches(name))
        .isEqualTo(matches);
  }

  @Test
  void aStarBesideOtherLettersThanAsciiIsNamed() {
    assertThatThrownBy(() -> NamePatterns.parse("list", List.of("", "*.b\u00fccher.example")))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("list line 2 = ");
  }

  @Test
  void manyStarsDoNotMakeALongNameDear() {
    NamePatterns patterns = NamePatterns.parse("list", List.of("*-*-*-*-*-*-*-*.dyn.*"));
    String name = "a-".repeat(120) + "a";

    long begin = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      assertThat(patterns.matches(name)).isFalse();
    }

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
  }

  /// A search that goes back would take 2^250 steps.
  @Test
  void anExpressionLooksAtANameInLinearTime() {
    NamePatterns patterns = NamePatterns.parse("list", List.of("/(a+)+b/", "/(a|a)*b/"));

    assertThat(patterns.matches("a".repeat(250))).isFalse();
    assertThat(patterns.matches("a".repeat(250) + "b")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/(a)\\1/", "/(?=a)a/", "/a(?<!b)/"})
  void anExpressionThatWouldHaveToGoBackIsRefused(String pattern) {
    assertThatThrownBy(() -> NamePatterns.parse("list", List.of(pattern)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("list line 1");
  }

  @Test
  void anExpressionThatIsNoneIsNamed() {
    assertThatThrownBy(() -> NamePatterns.parse("list", List.of("", "/(/")))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("list line 2");
  }
}
