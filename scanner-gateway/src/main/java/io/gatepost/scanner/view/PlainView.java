package io.gatepost.scanner.view;

import io.gatepost.contract.content.ContentSource;
import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.content.TransformedContent;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.scanner.scan.MessageView;
import io.gatepost.smtp.wire.Dots;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

/// A message as scanners see it, from the record or from the content store. Nothing is copied to a
/// second place (requirements E6, E8).
public final class PlainView implements MessageView {

  private final EnvelopeRecord message;
  private final ContentSource contents;

  /// Content of the record with its dots undone, for all who ask.
  private volatile byte @Nullable [] plain;

  /// @param contents where content is read that is not in the record
  public PlainView(EnvelopeRecord message, ContentSource contents) {
    this.message = message;
    this.contents = contents;
  }

  /// Content that is in memory comes in one piece that is there at once.
  @Override
  public Flux<DataBuffer> octets() {
    return switch (message.envelope().content()) {
      case ContentRef.Inline _ ->
          Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(inMemory()));
      case ContentRef.Stored stored ->
          TransformedContent.of(StoredContent.read(contents, stored), Dots::removed);
    };
  }

  private byte[] inMemory() {
    byte[] octets = plain;
    if (octets == null) {
      octets = Dots.removedFrom(message.content());
      plain = octets;
    }
    return octets;
  }

  @Override
  public long atMost() {
    return message.envelope().content().octets();
  }

  @Override
  public MessageView sevenBit() {
    return new SevenBitView(this);
  }
}
