package io.gatepost.scanner.view;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.content.TransformedContent;
import io.gatepost.scanner.scan.MessageView;
import io.gatepost.smtp.mime.SevenBit;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

/// A message in ASCII, made while it streams (requirement E15).
final class SevenBitView implements MessageView {

  private static final int MAX_PIECE = 64 * 1024;

  /// An octet in quoted-printable takes three, with the soft line ends a little more.
  private static final int GROWTH = 4;

  private final MessageView plain;

  SevenBitView(MessageView plain) {
    this.plain = plain;
  }

  @Override
  public Flux<DataBuffer> octets() {
    return TransformedContent.of(plain.octets(), SevenBit::forScanner)
        .concatMapIterable(SevenBitView::pieces, 1);
  }

  private static List<DataBuffer> pieces(DataBuffer buffer) {
    if (buffer.readableByteCount() <= MAX_PIECE) {
      return List.of(buffer);
    }
    byte[] octets = StoredContent.octets(buffer);
    List<DataBuffer> pieces = new ArrayList<>();
    for (int at = 0; at < octets.length; at += MAX_PIECE) {
      pieces.add(
          DefaultDataBufferFactory.sharedInstance.wrap(
              ByteBuffer.wrap(octets, at, Math.min(MAX_PIECE, octets.length - at))));
    }
    return pieces;
  }

  @Override
  public long atMost() {
    return GROWTH * plain.atMost() + MAX_PIECE;
  }

  @Override
  public MessageView sevenBit() {
    return this;
  }
}
