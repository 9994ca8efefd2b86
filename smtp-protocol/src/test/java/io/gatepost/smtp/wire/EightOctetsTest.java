package io.gatepost.smtp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EightOctetsTest {

  /// Octets among which the one in question stands: high, low, and just beside it.
  @ParameterizedTest
  @ValueSource(ints = {0xff, 0x80, 0x7f, 'x', 14})
  void anOctetBelowTheBoundIsSeenWhereverItStands(int others) {
    for (int place = 0; place < 8; place++) {
      for (int octet = 0; octet < 256; octet++) {
        assertThat(EightOctets.hasBelow(14, eight(others, place, octet)))
            .as("%d at %d", octet, place)
            .isEqualTo(octet < 14);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0xff, 0x80, '-', '/', 0})
  void anOctetIsFoundWhereverItStands(int others) {
    for (int place = 0; place < 8; place++) {
      for (int octet = 0; octet < 256; octet++) {
        assertThat(EightOctets.has((byte) '.', eight(others, place, octet)))
            .as("%d at %d", octet, place)
            .isEqualTo(octet == '.');
      }
    }
  }

  @Test
  void theLastEightOfAnArrayAreRead() {
    byte[] octets = new byte[11];
    octets[10] = 'a';

    assertThat(EightOctets.has((byte) 'a', EightOctets.at(octets, 3))).isTrue();
    assertThat(EightOctets.has((byte) 'a', EightOctets.at(octets, 2))).isFalse();
  }

  private static long eight(int others, int place, int octet) {
    byte[] octets = new byte[8];
    Arrays.fill(octets, (byte) others);
    octets[place] = (byte) octet;
    return EightOctets.at(octets, 0);
  }
}
