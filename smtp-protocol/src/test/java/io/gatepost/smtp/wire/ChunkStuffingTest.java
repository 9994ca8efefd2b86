package io.gatepost.smtp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkStuffingTest {

  @Test
  void anyChunksGiveTheWireFormOfTheWhole() {
    Random random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      byte[] plain = randomLines(random);

      byte[] stuffed = stuff(plain, random);

      assertThat(stuffed).isEqualTo(DotStuffing.add(plain));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb\r\n", "a\rb\r\n", "a\r", "\n", "\r\r\n", "a\r\n\n"})
  void aLineEndThatStandsAloneIsNoted(String text) {
    ChunkStuffing stuffing = new ChunkStuffing();

    run(stuffing, text.getBytes(StandardCharsets.US_ASCII), new ByteArrayOutputStream());
    stuffing.end();

    assertThat(stuffing.sawBareLineEnd()).isTrue();
  }

  @Test
  void aCrAtTheEndOfAChunkMayBeCompletedByTheNext() {
    ChunkStuffing stuffing = new ChunkStuffing();

    run(stuffing, new byte[] {'a', '\r'}, new ByteArrayOutputStream());
    run(stuffing, new byte[] {'\n', '.', '\r', '\n'}, new ByteArrayOutputStream());

    assertThat(stuffing.sawBareLineEnd()).isFalse();
    assertThat(stuffing.isAtLineStart()).isTrue();
  }

  @Test
  void theLongestLineIsMeasuredWithoutItsEnd() {
    ChunkStuffing stuffing = new ChunkStuffing();

    run(stuffing, "four\r\nseven77\r\nx\r\n".getBytes(StandardCharsets.US_ASCII), null);

    assertThat(stuffing.longestLine()).isEqualTo(7);
  }

  @Test
  void aCrAtTheEndOfAChunkMakesNoLineLonger() {
    ChunkStuffing stuffing = new ChunkStuffing();

    run(stuffing, "seven77\r".getBytes(StandardCharsets.US_ASCII), null);

    assertThat(stuffing.longestLine()).isEqualTo(7);
  }

  @Test
  void aNulIsNotedAndDotsAreCounted() {
    ChunkStuffing stuffing = new ChunkStuffing();

    run(stuffing, ".a\r\n..b\r\nc.\r\n".getBytes(StandardCharsets.US_ASCII), null);
    assertThat(stuffing.doubledDots()).isEqualTo(2);
    assertThat(stuffing.sawNul()).isFalse();

    run(stuffing, new byte[] {0}, null);
    assertThat(stuffing.sawNul()).isTrue();
  }

  private static byte[] randomLines(Random random) {
    StringBuilder text = new StringBuilder();
    int lines = random.nextInt(6);
    for (int i = 0; i < lines; i++) {
      random.ints(random.nextInt(4), 0, 3).forEach(at -> text.append("..x".charAt(at)));
      text.append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] stuff(byte[] plain, Random random) {
    ChunkStuffing stuffing = new ChunkStuffing();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    while (at < plain.length) {
      int end = Math.min(plain.length, at + 1 + random.nextInt(5));
      run(stuffing, java.util.Arrays.copyOfRange(plain, at, end), out);
      at = end;
    }
    assertThat(stuffing.sawBareLineEnd()).isFalse();
    assertThat(stuffing.isAtLineStart()).isTrue();
    return out.toByteArray();
  }

  private static void run(ChunkStuffing stuffing, byte[] octets, ByteArrayOutputStream out) {
    int at = 0;
    while (at < octets.length) {
      int dot = stuffing.nextDot(octets, at, octets.length);
      if (out != null) {
        out.write(octets, at, dot - at);
        if (dot < octets.length) {
          out.write('.');
        }
      }
      at = dot;
    }
  }
}
