package io.gatepost.queue.quarantine;

import io.gatepost.contract.content.OctetTransform;
import java.util.Arrays;

/// Takes the doubled dot at the beginning of a line away (RFC 5321 §4.5.2).
final class Undotting implements OctetTransform {

  private static final byte[] NOTHING = new byte[0];

  private enum Place {
    LINE_START,
    AFTER_CR,
    WITHIN
  }

  private Place place = Place.LINE_START;

  @Override
  public byte[] next(byte[] piece, int from, int to) {
    byte[] out = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      byte octet = piece[i];
      boolean isStuffing = place == Place.LINE_START && octet == '.';
      place = after(octet, isStuffing);
      if (!isStuffing) {
        out[length++] = octet;
      }
    }
    return Arrays.copyOf(out, length);
  }

  private Place after(byte octet, boolean isStuffing) {
    if (octet == '\r' && !isStuffing) {
      return Place.AFTER_CR;
    }
    return octet == '\n' && place == Place.AFTER_CR ? Place.LINE_START : Place.WITHIN;
  }

  @Override
  public byte[] end() {
    return NOTHING;
  }
}
