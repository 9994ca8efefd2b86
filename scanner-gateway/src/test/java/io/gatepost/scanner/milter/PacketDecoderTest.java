package io.gatepost.scanner.milter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.scanner.scan.ScannerFailedException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketDecoderTest {

  private final PacketDecoder decoder = new PacketDecoder();

  @Test
  void packetsAreFoundWhereverThePiecesAreCut() {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    Packet.of('p').writeTo(wire);
    Packet.of('h', "X-Spam", "").writeTo(wire);
    Packet.of('c').writeTo(wire);
    byte[] octets = wire.toByteArray();

    for (int cut = 0; cut <= octets.length; cut++) {
      List<Packet> packets = new ArrayList<>(decoder.next(Arrays.copyOf(octets, cut)));
      packets.addAll(decoder.next(Arrays.copyOfRange(octets, cut, octets.length)));

      assertThat(packets).extracting(Packet::command).containsExactly('p', 'h', 'c');
      assertThat(packets.get(1).data())
          .containsExactly("X-Spam\0\0".getBytes(StandardCharsets.UTF_8));
      assertThat(decoder.isWithin()).isFalse();
    }
  }

  @Test
  void aPacketIsWrittenAsItsLengthItsCommandAndItsData() {
    assertThat(HexFormat.of().formatHex(Packet.of('H', "a.example").wire()))
        .isEqualTo("0000000b" + "48" + "612e6578616d706c6500");
    assertThat(HexFormat.of().formatHex(Packet.of('E').wire())).isEqualTo("0000000145");
  }

  @Test
  void stringsHaveNoNulWithinThem() {
    assertThat(Packet.of('H', "a\0b").data()).containsExactly('a', 'b', 0);
  }

  @Test
  void halfAPacketIsNone() {
    assertThat(decoder.next(new byte[] {0, 0, 0, 9, 'h', 'X'})).isEmpty();
    assertThat(decoder.isWithin()).isTrue();
  }

  @Test
  void aPacketWithoutACommandIsGarbage() {
    assertThatThrownBy(() -> decoder.next(new byte[4]))
        .isInstanceOf(ScannerFailedException.class)
        .hasMessage("packet of 0 octets (expected: 1 to 131072)");
  }

  @Test
  void aPacketThatIsTooLargeIsGarbageBeforeItComes() {
    assertThatThrownBy(() -> decoder.next("HTTP".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(ScannerFailedException.class)
        .hasMessage("packet of 1213486160 octets (expected: 1 to 131072)");
    assertThatThrownBy(() -> new PacketDecoder().next(new byte[] {-1, -1, -1, -1}))
        .hasMessage("packet of 4294967295 octets (expected: 1 to 131072)");
  }
}
