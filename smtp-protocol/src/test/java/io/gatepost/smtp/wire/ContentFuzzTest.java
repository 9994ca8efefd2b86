package io.gatepost.smtp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Content is what it is, in whatever pieces it comes: the state machines against the plainest
/// possible search.
class ContentFuzzTest {

  /// @param octets the first says how long the pieces are
  @FuzzTest(maxDuration = "10m")
  void theEndOfDataIsWhereTheTextSays(byte[] octets) {
    if (octets.length < 2) {
      return;
    }
    int piece = 1 + (octets[0] & 0x3f);
    String text = "\r\n" + new String(octets, 1, octets.length - 1, StandardCharsets.ISO_8859_1);
    int mark = text.indexOf("\r\n.\r\n");
    int expected = mark < 0 ? -1 : mark + 5 - 2 + 1;

    assertThat(scan(octets, piece)).isEqualTo(expected);
  }

  private static int scan(byte[] octets, int piece) {
    EndOfData end = new EndOfData();
    for (int at = 1; at < octets.length; at += piece) {
      int found = end.scan(octets, at, Math.min(octets.length, at + piece));
      if (found >= 0) {
        return found;
      }
    }
    return -1;
  }

  /// @param octets the first says how long the chunks are
  @FuzzTest(maxDuration = "10m")
  void chunksGiveBackWhatWasSent(byte[] octets) {
    if (octets.length < 2) {
      return;
    }
    int piece = 1 + (octets[0] & 0x3f);
    ChunkStuffing stuffing = new ChunkStuffing();
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    for (int from = 1; from < octets.length; from += piece) {
      int to = Math.min(octets.length, from + piece);
      for (int at = from; at < to; ) {
        int dot = stuffing.nextDot(octets, at, to);
        wire.write(octets, at, dot - at);
        if (dot < to) {
          wire.write('.');
        }
        at = dot;
      }
    }
    String plain = new String(octets, 1, octets.length - 1, StandardCharsets.ISO_8859_1);
    stuffing.end();
    boolean bare = !plain.replace("\r\n", "").matches("[^\r\n]*");

    assertThat(stuffing.sawBareLineEnd()).isEqualTo(bare);
    if (!bare) {
      assertThat(new String(DotStuffing.remove(wire.toByteArray()), StandardCharsets.ISO_8859_1))
          .isEqualTo(plain);
      assertThat(new EndOfData().scan(wire.toByteArray(), 0, wire.size())).isEqualTo(-1);
    }
  }
}
