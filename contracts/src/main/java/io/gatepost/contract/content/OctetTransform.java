package io.gatepost.contract.content;

import java.util.Arrays;
import java.util.List;

/// Changes octets that come in pieces: pure, of bounded memory, for one message.
public interface OctetTransform {

  /// The octets that can be given on, now that these have come; may be none.
  ///
  /// @param piece read only, and not kept
  byte[] next(byte[] piece, int from, int to);

  /// The rest, when all has come.
  byte[] end();

  /// Several transforms, one after the other; [#NONE] where there is none.
  static OctetTransform chain(List<OctetTransform> all) {
    return switch (all.size()) {
      case 0 -> NONE;
      case 1 -> all.getFirst();
      default -> new TransformChain(all);
    };
  }

  /// Content that is in memory as a whole, as the transform leaves it; the same array where that is
  /// [#NONE].
  static byte[] whole(OctetTransform transform, byte[] content) {
    byte[] first = transform.next(content, 0, content.length);
    byte[] rest = transform.end();
    if (rest.length == 0) {
      return first;
    }
    byte[] all = Arrays.copyOf(first, first.length + rest.length);
    System.arraycopy(rest, 0, all, first.length, rest.length);
    return all;
  }

  /// Leaves everything as it is.
  OctetTransform NONE =
      new OctetTransform() {
        private static final byte[] NOTHING = new byte[0];

        @Override
        public byte[] next(byte[] piece, int from, int to) {
          return from == 0 && to == piece.length ? piece : Arrays.copyOfRange(piece, from, to);
        }

        @Override
        public byte[] end() {
          return NOTHING;
        }
      };
}
