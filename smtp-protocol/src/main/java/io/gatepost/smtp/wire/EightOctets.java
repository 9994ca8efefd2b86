package io.gatepost.smtp.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Questions about eight octets at a time, for content of which most octets need no look at all.
final class EightOctets {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private EightOctets() {}

  /// The octets from `index` to `index + 8`, all of which are there.
  static long at(byte[] octets, int index) {
    return (long) LONGS.get(octets, index);
  }

  /// Whether one of them is below a bound, octets being numbers from 0 to 255.
  ///
  /// @param bound 1 to 128
  static boolean hasBelow(int bound, long eight) {
    return (eight - ONES * bound & ~eight & HIGH_BITS) != 0;
  }

  /// Whether one of them is this one.
  static boolean has(byte octet, long eight) {
    return hasBelow(1, eight ^ ONES * (octet & 0xff));
  }
}
