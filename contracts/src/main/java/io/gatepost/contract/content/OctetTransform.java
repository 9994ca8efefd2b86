package io.gatepost.contract.content;

/// Changes octets that come in pieces: pure, of bounded memory, for one message.
public interface OctetTransform {

  /// The octets that can be given on, now that these have come; may be none.
  ///
  /// @param piece read only, and not kept
  byte[] next(byte[] piece, int from, int to);

  /// The rest, when all has come.
  byte[] end();

  /// Leaves everything as it is.
  OctetTransform NONE =
      new OctetTransform() {
        private static final byte[] NOTHING = new byte[0];

        @Override
        public byte[] next(byte[] piece, int from, int to) {
          return from == 0 && to == piece.length
              ? piece
              : java.util.Arrays.copyOfRange(piece, from, to);
        }

        @Override
        public byte[] end() {
          return NOTHING;
        }
      };
}
