package io.gatepost.scanner.view;

import io.gatepost.contract.content.ContentSource;
import io.gatepost.contract.content.OctetTransform;
import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.content.TransformedContent;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.scanner.scan.MessageView;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

/// A message as scanners see it, from the record or from the content store. Nothing is copied to a
/// second place (requirements E6, E8).
public final class PlainView implements MessageView {

  private final EnvelopeRecord message;
  private final ContentSource contents;

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
          Flux.just(
              DefaultDataBufferFactory.sharedInstance.wrap(Undotting.whole(message.content())));
      case ContentRef.Stored stored ->
          TransformedContent.of(StoredContent.read(contents, stored), Undotting::new);
    };
  }

  @Override
  public long atMost() {
    return message.envelope().content().octets();
  }

  @Override
  public MessageView sevenBit() {
    return new SevenBitView(this);
  }

  /// Takes the doubled dot at the beginning of a line away (RFC 5321 §4.5.2).
  static final class Undotting implements OctetTransform {

    private static final byte[] NOTHING = new byte[0];

    private enum At {
      LINE_START,
      AFTER_CR,
      WITHIN
    }

    private At at = At.LINE_START;

    /// Content in one piece; the same array where no dot is doubled, as mostly.
    static byte[] whole(byte[] content) {
      return hasDots(content) ? new Undotting().next(content, 0, content.length) : content;
    }

    private static boolean hasDots(byte[] content) {
      for (int i = 0; i < content.length; i++) {
        if (content[i] == '.'
            && (i == 0 || i > 1 && content[i - 1] == '\n' && content[i - 2] == '\r')) {
          return true;
        }
      }
      return false;
    }

    @Override
    public byte[] next(byte[] piece, int from, int to) {
      byte[] out = new byte[to - from];
      int length = 0;
      for (int i = from; i < to; i++) {
        byte octet = piece[i];
        if (at == At.LINE_START && octet == '.') {
          at = At.WITHIN;
          continue;
        }
        at =
            octet == '\r'
                ? At.AFTER_CR
                : at == At.AFTER_CR && octet == '\n' ? At.LINE_START : At.WITHIN;
        out[length++] = octet;
      }
      return length == out.length ? out : java.util.Arrays.copyOf(out, length);
    }

    @Override
    public byte[] end() {
      return NOTHING;
    }
  }
}
