package io.gatepost.smtp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndOfDataTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".\r\n",
        "one line\r\n.\r\n",
        "..dots\r\n...\r\n.\r\n",
        ".x\r\n.\r\n",
        "\r\n\r\n.\r\n",
      })
  void theEndIsFoundHoweverTheOctetsAreSplit(String message) {
    byte[] octets = (message + "NEXT").getBytes(StandardCharsets.US_ASCII);
    for (int split = 0; split <= message.length(); split++) {
      EndOfData end = new EndOfData();

      int found = end.scan(octets, 0, split);
      if (found < 0) {
        found = end.scan(octets, split, octets.length);
      }

      assertThat(found).isEqualTo(message.length());
      assertThat(end.sawBareLineEnd()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text\n.\nMAIL FROM:<x@y.example>\r\n.\r\n",
        "text\n.\r\nmore\r\n.\r\n",
        "text\r\n.\nmore\r\n.\r\n",
        "text\r.\r\nmore\r\n.\r\n",
        "text\r\n.\rmore\r\n.\r\n",
        "text\r\r\n.\r\n",
        "text\r\n.\r\r\n.\r\n",
        "\n\r\n.\r\n",
      })
  void aSmuggledEndIsNoEndButIsNoted(String message) {
    byte[] octets = message.getBytes(StandardCharsets.US_ASCII);
    EndOfData end = new EndOfData();

    assertThat(end.scan(octets, 0, octets.length)).isEqualTo(octets.length);
    assertThat(end.sawBareLineEnd()).isTrue();
  }

  @Test
  void withoutTheFinalDotThereIsNoEnd() {
    byte[] octets = "text\r\n.\r".getBytes(StandardCharsets.US_ASCII);

    assertThat(new EndOfData().scan(octets, 0, octets.length)).isEqualTo(-1);
  }

  @Test
  void theLongestLineIsMeasuredWhateverThePieces() {
    byte[] octets =
        "four\r\nseven77\r\nx\r\n.\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    for (int cut = 0; cut <= octets.length - 1; cut++) {
      EndOfData end = new EndOfData();

      end.scan(octets, 0, cut);
      end.scan(octets, cut, octets.length);

      assertThat(end.longestLine()).isEqualTo(7);
    }
  }

  @Test
  void aDotThatIsTakenOffCountsForNothingWhateverThePieces() {
    byte[] octets = "..four\r\n.x\r\nabc.\r\n.\r\n".getBytes(StandardCharsets.US_ASCII);
    for (int cut = 0; cut <= octets.length - 1; cut++) {
      EndOfData end = new EndOfData();

      end.scan(octets, 0, cut);
      end.scan(octets, cut, octets.length);

      assertThat(end.doubledDots()).isEqualTo(2);
      assertThat(end.longestLine()).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0\r\n.\r\n", "te\0xt\r\n.\r\n", "text\r\n.\0\r\n.\r\n"})
  void aNulIsNoted(String message) {
    byte[] octets = message.getBytes(StandardCharsets.US_ASCII);
    EndOfData end = new EndOfData();

    assertThat(end.scan(octets, 0, octets.length)).isEqualTo(octets.length);
    assertThat(end.sawNul()).isTrue();
  }

  @Test
  void otherControlCharactersAreNoNul() {
    byte[] octets = "\ta\tb\u0007\r\n.\r\n".getBytes(StandardCharsets.US_ASCII);
    EndOfData end = new EndOfData();

    assertThat(end.scan(octets, 0, octets.length)).isEqualTo(octets.length);
    assertThat(end.sawNul()).isFalse();
  }
}
