package io.gatepost.contract.content;

import java.io.ByteArrayOutputStream;
import java.util.List;

/// Transforms one behind the other: each is given what the one before it gives on.
public final class TransformChain implements OctetTransform {

  private final List<OctetTransform> transforms;

  private TransformChain(List<? extends OctetTransform> transforms) {
    this.transforms = List.copyOf(transforms);
  }

  /// All of them as one, in their order; with none of them content stays as it is.
  public static OctetTransform of(List<? extends OctetTransform> transforms) {
    return switch (transforms.size()) {
      case 0 -> OctetTransform.NONE;
      case 1 -> transforms.getFirst();
      default -> new TransformChain(transforms);
    };
  }

  @Override
  public byte[] next(byte[] piece, int from, int to) {
    byte[] octets = transforms.getFirst().next(piece, from, to);
    return through(octets, 1);
  }

  @Override
  public byte[] end() {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    for (int i = 0; i < transforms.size(); i++) {
      rest.writeBytes(through(transforms.get(i).end(), i + 1));
    }
    return rest.toByteArray();
  }

  private byte[] through(byte[] octets, int first) {
    byte[] out = octets;
    for (int i = first; i < transforms.size() && out.length > 0; i++) {
      out = transforms.get(i).next(out, 0, out.length);
    }
    return out;
  }
}
