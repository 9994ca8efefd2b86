package io.gatepost.rpc;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.wire.ConclusionCodec;
import io.gatepost.contract.wire.EarlyResultCodec;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.contract.wire.PutAsideCodec;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.AbstractDataBufferDecoder;
import org.springframework.core.codec.AbstractSingleValueEncoder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.CodecConfigurer;
import org.springframework.util.MimeType;
import reactor.core.publisher.Flux;

/// Carries frame-coded types over HTTP as [Queue#FRAMES].
final class FrameCodecs {

  private FrameCodecs() {}

  static void register(CodecConfigurer.CustomCodecs codecs) {
    add(codecs, EnvelopeRecord.class, EnvelopeRecordCodec::encode, EnvelopeRecordCodec::decode);
    add(codecs, Conclusion.class, ConclusionCodec::encode, ConclusionCodec::decode);
    add(codecs, PutAside.class, PutAsideCodec::encode, PutAsideCodec::decode);
    add(codecs, EarlyResult.class, EarlyResultCodec::encode, EarlyResultCodec::decode);
  }

  private static <T> void add(
      CodecConfigurer.CustomCodecs codecs,
      Class<T> type,
      Function<T, byte[]> encode,
      Function<byte[], T> decode) {
    codecs.register(new FrameEncoder<>(type, encode));
    FrameDecoder<T> decoder = new FrameDecoder<>(type, decode);
    decoder.setMaxInMemorySize(RpcClients.MAX_IN_MEMORY_OCTETS);
    codecs.register(decoder);
  }

  private static final class FrameEncoder<T> extends AbstractSingleValueEncoder<T> {
    private final Class<T> type;
    private final Function<T, byte[]> encode;

    FrameEncoder(Class<T> type, Function<T, byte[]> encode) {
      super(MimeType.valueOf(Queue.FRAMES));
      this.type = type;
      this.encode = encode;
    }

    @Override
    public boolean canEncode(ResolvableType elementType, @Nullable MimeType mimeType) {
      return type.isAssignableFrom(elementType.toClass()) && super.canEncode(elementType, mimeType);
    }

    @Override
    protected Flux<DataBuffer> encode(
        T value,
        DataBufferFactory buffers,
        ResolvableType elementType,
        @Nullable MimeType mimeType,
        @Nullable Map<String, Object> hints) {
      return Flux.just(buffers.wrap(encode.apply(value)));
    }

    @Override
    public DataBuffer encodeValue(
        T value,
        DataBufferFactory buffers,
        ResolvableType elementType,
        @Nullable MimeType mimeType,
        @Nullable Map<String, Object> hints) {
      return buffers.wrap(encode.apply(value));
    }
  }

  private static final class FrameDecoder<T> extends AbstractDataBufferDecoder<T> {
    private final Class<T> type;
    private final Function<byte[], T> decode;

    FrameDecoder(Class<T> type, Function<byte[], T> decode) {
      super(MimeType.valueOf(Queue.FRAMES));
      this.type = type;
      this.decode = decode;
    }

    @Override
    public boolean canDecode(ResolvableType elementType, @Nullable MimeType mimeType) {
      return type.equals(elementType.toClass()) && super.canDecode(elementType, mimeType);
    }

    @Override
    public Flux<T> decode(
        Publisher<DataBuffer> input,
        ResolvableType elementType,
        @Nullable MimeType mimeType,
        @Nullable Map<String, Object> hints) {
      return decodeToMono(input, elementType, mimeType, hints).flux();
    }

    @Override
    public T decode(
        DataBuffer buffer,
        ResolvableType elementType,
        @Nullable MimeType mimeType,
        @Nullable Map<String, Object> hints) {
      try {
        byte[] octets = new byte[buffer.readableByteCount()];
        buffer.read(octets);
        return decode.apply(octets);
      } finally {
        DataBufferUtils.release(buffer);
      }
    }
  }
}
