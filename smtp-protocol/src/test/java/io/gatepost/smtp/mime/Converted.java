package io.gatepost.smtp.mime;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.content.OctetTransform;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;

/// Messages, each octet a character, through the conversion.
final class Converted {

  private Converted() {}

  static String forDelivery(String message) {
    return through(SevenBit.forDelivery(), message, message::length);
  }

  static String forScanner(String message) {
    return through(SevenBit.forScanner(), message, message::length);
  }

  /// @param pieces the lengths of the pieces in which the message comes
  static String through(OctetTransform transform, String message, IntSupplier pieces) {
    byte[] octets = message.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < octets.length; ) {
      int to = Math.min(octets.length, at + Math.max(1, pieces.getAsInt()));
      out.writeBytes(transform.next(octets, at, to));
      at = to;
    }
    out.writeBytes(transform.end());
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  /// That DATA of RFC 5321 can carry it.
  static void assertSevenBit(String converted) {
    assertThat(converted.chars().filter(c -> c == 0 || c > 0x7f).count()).isZero();
    assertThat(converted.replace("\r\n", "")).doesNotContain("\r").doesNotContain("\n");
    for (String line : converted.split("\r\n", -1)) {
      assertThat(line.length()).isLessThanOrEqualTo(998);
    }
    assertThat(converted.isEmpty() || converted.endsWith("\r\n")).isTrue();
  }
}
