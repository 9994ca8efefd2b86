package io.gatepost.testkit.collector;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// Reads an `ExportTraceServiceRequest` (OTLP 1, `opentelemetry/proto/trace/v1/trace.proto`): of
/// its fields those that tests look at.
final class OtlpRequest {

  private static final byte[] NOTHING = new byte[0];

  private OtlpRequest() {}

  static List<CollectedSpan> spans(byte[] request) {
    List<CollectedSpan> all = new ArrayList<>();
    for (byte[] resourceSpans : field(request, 1)) {
      Map<String, String> resource = new HashMap<>();
      for (byte[] description : field(resourceSpans, 1)) {
        resource.putAll(attributes(description, 1));
      }
      for (byte[] scopeSpans : field(resourceSpans, 2)) {
        for (byte[] span : field(scopeSpans, 2)) {
          all.add(span(resource.getOrDefault("service.name", ""), span));
        }
      }
    }
    return all;
  }

  private static CollectedSpan span(String service, byte[] span) {
    return new CollectedSpan(
        service,
        HexFormat.of().formatHex(first(span, 1)),
        HexFormat.of().formatHex(first(span, 2)),
        HexFormat.of().formatHex(first(span, 4)),
        text(first(span, 5)),
        Map.copyOf(attributes(span, 9)));
  }

  private static Map<String, String> attributes(byte[] message, int number) {
    Map<String, String> all = new HashMap<>();
    for (byte[] pair : field(message, number)) {
      field(first(pair, 2), 1).forEach(value -> all.put(text(first(pair, 1)), text(value)));
    }
    return all;
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }

  private static byte[] first(byte[] message, int number) {
    List<byte[]> all = field(message, number);
    return all.isEmpty() ? NOTHING : all.getFirst();
  }

  /// The values of a field that has octets.
  private static List<byte[]> field(byte[] message, int number) {
    List<byte[]> all = new ArrayList<>();
    read(
        message,
        (field, octets) -> {
          if (field == number) {
            all.add(octets);
          }
        });
    return all;
  }

  private static void read(byte[] message, BiConsumer<Integer, byte[]> octets) {
    ByteBuffer input = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (input.hasRemaining()) {
      int tag = (int) varint(input);
      switch (tag & 7) {
        case 0 -> varint(input);
        case 1 -> input.getLong();
        case 2 -> {
          byte[] value = new byte[(int) varint(input)];
          input.get(value);
          octets.accept(tag >>> 3, value);
        }
        case 5 -> input.getInt();
        default -> throw new IllegalArgumentException("wire type " + (tag & 7));
      }
    }
  }

  private static long varint(ByteBuffer input) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte octet = input.get();
      value |= (long) (octet & 0x7f) << shift;
      if (octet >= 0) {
        return value;
      }
    }
  }
}
