package io.gatepost.contract.content;

import java.util.Arrays;

/// Changes octets that come in pieces: pure, of bounded memory, for one message.
public interface OctetTransform {

  /// The octets that can be given on, now that these have come; may be none.
  ///
  /// @param piece read only, and not kept
  byte[] next(byte[] piece, int from, int to);

  /// The rest, when all has come.
  byte[] end();

  /// Content that is in memory as a whole, as it becomes; this transform is used up then.
  default byte[] all(byte[] content) {
    byte[] first = next(content, 0, content.length);
    byte[] rest = end();
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
