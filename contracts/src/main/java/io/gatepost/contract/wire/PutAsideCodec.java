package io.gatepost.contract.wire;

import static io.gatepost.contract.wire.JsonText.required;
import static io.gatepost.contract.wire.JsonText.text;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.contract.scanning.ScannerResult.Outcome;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/// The octets of a [PutAside]: a frame with the envelope and the finding as JSON, and the inline
/// content.
public final class PutAsideCodec {

  private PutAsideCodec() {}

  private record Head(Envelope envelope, Finding finding) {}

  /// The call as octets.
  public static byte[] encode(PutAside call) {
    return Frame.write(json -> write(json, call), List.of(call.message().content()));
  }

  /// The call; throws [UnreadableFrameException] where the octets are none.
  public static PutAside decode(byte @Nullable [] octets) {
    ByteBuffer frame = ByteBuffer.wrap(Frame.present(octets));
    Head head = Frame.head(frame, PutAsideCodec::read);
    PutAside call = new PutAside(EnvelopeRecordCodec.read(head.envelope(), frame), head.finding());
    Frame.end(frame);
    return call;
  }

  private static void write(JsonGenerator json, PutAside call) {
    json.writeStartObject();
    json.writeName("envelope");
    EnvelopeJson.write(json, call.message().envelope());
    json.writeStringProperty("finding", call.finding().words());
    json.writeArrayPropertyStart("results");
    for (ScannerResult each : call.finding().results()) {
      json.writeStartObject();
      json.writeStringProperty("scanner", each.scanner());
      json.writeStringProperty("outcome", each.outcome().name());
      each.score().ifPresent(score -> json.writeNumberProperty("score", score));
      json.writeStringProperty("words", each.words());
      json.writeStringProperty("took", each.took().toString());
      json.writeBooleanProperty("cached", each.cached());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static Head read(JsonParser json) {
    Envelope envelope = null;
    String words = null;
    List<ScannerResult> results = new ArrayList<>();
    JsonText.startObject(json, "put aside");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "envelope" -> envelope = EnvelopeJson.read(json);
        case "finding" -> words = text(json, name);
        case "results" -> {
          JsonText.startArray(json, name);
          while (JsonText.nextElement(json)) {
            results.add(readResult(json));
          }
        }
        default -> json.skipChildren();
      }
    }
    return new Head(
        required("envelope", envelope), new Finding(required("finding", words), results));
  }

  private static ScannerResult readResult(JsonParser json) {
    String scanner = null;
    String outcome = null;
    String words = "";
    Duration took = Duration.ZERO;
    Double score = null;
    boolean cached = false;
    JsonText.startObject(json, "result");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "scanner" -> scanner = text(json, name);
        case "outcome" -> outcome = text(json, name);
        case "words" -> words = text(json, name);
        case "took" -> took = duration(text(json, name));
        case "score" -> score = json.getDoubleValue();
        case "cached" -> cached = json.getBooleanValue();
        default -> json.skipChildren();
      }
    }
    return new ScannerResult(
        required("scanner", scanner),
        Outcome.valueOf(required("outcome", outcome)),
        Optional.ofNullable(score),
        words,
        took,
        cached);
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeException e) {
      throw new UnreadableFrameException("took: \"" + text + "\" (expected: such as PT0.2S)", e);
    }
  }
}
