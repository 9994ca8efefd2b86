package io.gatepost.smtp.mime;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// No message breaks the promise, whatever it is and in whatever pieces it comes.
class SevenBitFuzzTest {

  /// @param octets the first says how long the pieces are
  @FuzzTest(maxDuration = "10m")
  void anythingBecomesSevenBit(byte[] octets) {
    if (octets.length < 2) {
      return;
    }
    int piece = 1 + (octets[0] & 0x3f);
    String message = new String(octets, 1, octets.length - 1, StandardCharsets.ISO_8859_1);

    String converted = Converted.forScanner(message);

    Converted.assertSevenBit(converted);
    assertThat(converted.length()).isLessThan(15 * message.length() + 1_000);
    assertThat(Converted.through(SevenBit.forScanner(), message, () -> piece)).isEqualTo(converted);
    assertThat(Converted.forScanner(converted)).isEqualTo(converted);
  }
}
