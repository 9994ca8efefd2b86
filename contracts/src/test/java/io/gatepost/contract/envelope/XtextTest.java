package io.gatepost.contract.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class XtextTest {

  @ParameterizedTest
  @CsvSource({
    "abc, abc",
    "a+b=c, a+2Bb+3Dc",
    "'a b', a+20b",
    "ü, +C3+BC",
  })
  void whatIsNotPlainIsWrittenInHexadecimal(String text, String xtext) {
    assertThat(Xtext.encode(text)).isEqualTo(xtext);
    assertThat(Xtext.isValid(xtext, 0)).isTrue();
  }

  /// RFC 3461 §4: a plus, an equals sign and a blank stand for themselves nowhere.
  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a=b", "a+", "a+2", "a+2b", "a+XY", "ü"})
  void whatIsNoXtextIsNone(String text) {
    assertThat(Xtext.isValid(text, 0)).isFalse();
    assertThat(Xtext.decode(text, 0)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "abc, abc",
    "a+2Bb, a+b",
    "a+0D+0Ab, a??b",
    "a+C3+BC, a??",
    "a+2, a+2",
    "a+zz, a+zz",
    "+, +",
  })
  void whatIsShownStaysOnItsLine(String xtext, String shown) {
    assertThat(Xtext.shown(xtext)).isEqualTo(shown);
  }

  @RepeatedTest(50)
  void whatIsEncodedIsDecoded(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= random.nextInt(40); i++) {
      text.append((char) random.nextInt(' ', 0x7f));
    }

    assertThat(Xtext.decode(Xtext.encode(text.toString()), 0)).contains(text.toString());
    assertThat(Xtext.shown(Xtext.encode(text.toString()))).isEqualTo(text.toString());
  }
}
