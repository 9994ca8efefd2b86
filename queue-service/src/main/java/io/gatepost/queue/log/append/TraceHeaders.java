package io.gatepost.queue.log.append;

import io.gatepost.rpc.trace.Traces;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/// The place in a trace of the one who wrote a record, in headers beside the envelope: the record
/// itself is the same with traces and without.
public final class TraceHeaders {

  private TraceHeaders() {}

  /// Makes headers of it.
  public static void add(Map<String, String> trace, Consumer<Header> headers) {
    trace.forEach((key, value) ->
        headers.accept(new RecordHeader(key, value.getBytes(StandardCharsets.UTF_8))));
  }

  /// Passes it on to a copy of a record.
  public static void copy(Headers from, Headers to) {
    for (Header header : from) {
      if (Traces.FIELDS.contains(header.key())) {
        to.add(header);
      }
    }
  }
}
