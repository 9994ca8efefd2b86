package io.gatepost.smtp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotStuffingTest {

  @ParameterizedTest
  @CsvSource({"a,a~", "a~,a~", ".,..~", ".~.~,..~..~", "a.~,a.~", "..a~,...a~", "~~.b~,~~..b~"})
  void leadingDotsAreDoubledAndTheLastLineEnds(String plain, String wire) {
    assertThat(text(DotStuffing.add(octets(plain)))).isEqualTo(text(octets(wire)));
  }

  @Test
  void removalGivesBackWhatWasThereWhereverItIsCut() {
    byte[] plain = octets("..~.~a.~~.b~....~x.y~");
    byte[] wire = DotStuffing.add(plain);

    for (int cut = 0; cut <= wire.length; cut++) {
      DotStuffing.Removal removal = new DotStuffing.Removal();
      String first = text(removal.next(Arrays.copyOf(wire, cut)));
      String second = text(removal.next(Arrays.copyOfRange(wire, cut, wire.length)));
      assertThat(first + second).isEqualTo(text(plain));
    }
  }

  @Test
  void anyOctetsSurvive() {
    byte[] plain = new byte[10_000];
    Random random = new Random(7);
    for (int i = 0; i < plain.length - 2; i++) {
      plain[i] =
          (byte) (random.nextInt(3) == 0 ? "\r\n.".charAt(random.nextInt(3)) : random.nextInt());
    }
    plain[plain.length - 2] = '\r';
    plain[plain.length - 1] = '\n';

    assertThat(DotStuffing.remove(DotStuffing.add(plain))).isEqualTo(plain);
  }

  private static byte[] octets(String text) {
    return text.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}
