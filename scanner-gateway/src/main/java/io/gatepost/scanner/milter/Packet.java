package io.gatepost.scanner.milter;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// One packet, of either side: a length of four octets that counts all that follows it, the
/// command, and its data.
///
/// @param command one ASCII character
/// @param data not copied
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record Packet(char command, byte[] data) {

  /// The most data that filters take in one packet: libmilter's bound, where a filter has not asked
  /// for more.
  static final int MAX_DATA = 65_535;

  /// Octets before the data.
  static final int HEAD = 5;

  private static final byte[] NOTHING = new byte[0];

  /// A packet without data.
  static Packet of(char command) {
    return new Packet(command, NOTHING);
  }

  /// A packet of strings, each with its NUL.
  static Packet of(char command, String... strings) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (String each : strings) {
      writeString(data, each);
    }
    return new Packet(command, data.toByteArray());
  }

  /// Adds a string in UTF-8 with a NUL at its end. NULs within it are left out: they would end it.
  static void writeString(ByteArrayOutputStream out, String text) {
    String whole = text.indexOf('\0') < 0 ? text : text.replace("\0", "");
    out.writeBytes(whole.getBytes(StandardCharsets.UTF_8));
    out.write(0);
  }

  /// Adds four octets, the highest first.
  static void writeInt(ByteArrayOutputStream out, int value) {
    out.write(value >>> 24);
    out.write(value >>> 16);
    out.write(value >>> 8);
    out.write(value);
  }

  /// The packet as it is sent.
  byte[] wire() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(HEAD + data.length);
    writeTo(out);
    return out.toByteArray();
  }

  void writeTo(ByteArrayOutputStream out) {
    writeInt(out, 1 + data.length);
    out.write(command);
    out.writeBytes(data);
  }
}
