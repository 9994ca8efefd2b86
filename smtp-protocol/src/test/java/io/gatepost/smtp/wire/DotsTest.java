package io.gatepost.smtp.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DotsTest {

  @Test
  void aDoubledDotIsUndoneWhereverItStands() {
    for (int before = 0; before < 40; before++) {
      for (int after = 0; after < 20; after++) {
        String start = before == 0 ? "" : "x".repeat(before) + "\r\n";

        assertThat(removed(start + ".." + "y".repeat(after)))
            .isEqualTo(start + "." + "y".repeat(after));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "one. two.. three", "x\n..y", "x\r..y", "\n.", "\u00ae\u00ae"})
  void contentWithoutOneIsNotCopied(String content) {
    byte[] octets = content.repeat(7).getBytes(ISO_8859_1);

    assertThat(Dots.removedFrom(octets)).isSameAs(octets);
  }

  @Test
  void onePieceComesOutAsAStreamDoes() {
    Random random = new Random(1);
    byte[] alphabet = ".\r\na\u00ae\u0000".getBytes(ISO_8859_1);
    for (int i = 0; i < 20_000; i++) {
      byte[] content = new byte[random.nextInt(30)];
      for (int at = 0; at < content.length; at++) {
        content[at] = alphabet[random.nextInt(alphabet.length)];
      }

      assertThat(Dots.removedFrom(content))
          .isEqualTo(Dots.removed().next(content, 0, content.length));
    }
  }

  private static String removed(String content) {
    return new String(Dots.removedFrom(content.getBytes(ISO_8859_1)), ISO_8859_1);
  }
}
