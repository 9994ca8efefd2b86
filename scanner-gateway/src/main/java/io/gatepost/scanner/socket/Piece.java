package io.gatepost.scanner.socket;

import io.gatepost.contract.content.StoredContent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBuffer;

/// Pieces of content on their way to a scanner.
public final class Piece {

  private Piece() {}

  /// The octets of a piece on the heap, where nothing has to release them. What lies there already
  /// is not copied, and is not to be changed; else the piece is released.
  public static ByteBuf of(DataBuffer piece) {
    return piece instanceof DefaultDataBuffer onHeap
        ? Unpooled.wrappedBuffer(onHeap.getNativeBuffer())
        : Unpooled.wrappedBuffer(StoredContent.octets(piece));
  }
}
