package io.gatepost.contract.content;

import java.io.ByteArrayOutputStream;
import java.util.List;

/// Transforms that are made one after the other.
final class TransformChain implements OctetTransform {

  private final List<OctetTransform> all;

  TransformChain(List<OctetTransform> all) {
    this.all = List.copyOf(all);
  }

  @Override
  public byte[] next(byte[] piece, int from, int to) {
    return through(0, all.getFirst().next(piece, from, to));
  }

  @Override
  public byte[] end() {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    for (int i = 0; i < all.size(); i++) {
      rest.writeBytes(through(i, all.get(i).end()));
    }
    return rest.toByteArray();
  }

  /// What the transforms behind one make of octets that it gives.
  private byte[] through(int index, byte[] given) {
    byte[] octets = given;
    for (OctetTransform each : all.subList(index + 1, all.size())) {
      octets = each.next(octets, 0, octets.length);
    }
    return octets;
  }
}
