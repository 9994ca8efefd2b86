package io.gatepost.contract.wire;

import static io.gatepost.contract.wire.JsonText.required;
import static io.gatepost.contract.wire.JsonText.text;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.event.RecipientOutcome;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/// The octets of an [EarlyResult]: a frame without contents.
public final class EarlyResultCodec {

  private EarlyResultCodec() {}

  /// The result as octets.
  public static byte[] encode(EarlyResult result) {
    return Frame.write(json -> write(json, result), List.of());
  }

  /// The result; throws [UnreadableFrameException] where the octets are none.
  public static EarlyResult decode(byte @Nullable [] octets) {
    ByteBuffer frame = ByteBuffer.wrap(Frame.present(octets));
    EarlyResult result = Frame.head(frame, EarlyResultCodec::read);
    Frame.end(frame);
    return result;
  }

  private static void write(JsonGenerator json, EarlyResult result) {
    json.writeStartObject();
    switch (result) {
      case EarlyResult.Delivered(var outcomes) -> write(json, "delivered", outcomes);
      case EarlyResult.Refused(var refusals) ->
          write(json, "refused", List.<RecipientOutcome>copyOf(refusals));
      case EarlyResult.TryLater(var outcomes) -> write(json, "try-later", outcomes);
      case EarlyResult.GoesOn(var rest) -> {
        json.writeStringProperty("type", "goes-on");
        json.writeName("rest");
        EnvelopeJson.write(json, rest);
      }
      case EarlyResult.NotTried(var why) -> {
        json.writeStringProperty("type", "not-tried");
        json.writeStringProperty("why", why.name());
      }
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String type, List<RecipientOutcome> outcomes) {
    json.writeStringProperty("type", type);
    json.writeName("outcomes");
    OutcomeJson.write(json, outcomes);
  }

  private static EarlyResult read(JsonParser json) {
    String type = null;
    List<RecipientOutcome> outcomes = null;
    Envelope rest = null;
    EarlyResult.Why why = null;
    JsonText.startObject(json, "early result");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "type" -> type = text(json, name);
        case "outcomes" -> outcomes = OutcomeJson.readOutcomes(json);
        case "rest" -> rest = EnvelopeJson.read(json);
        case "why" -> why = EarlyResult.Why.valueOf(text(json, name));
        default -> json.skipChildren();
      }
    }
    return switch (required("type", type)) {
      case "delivered" -> new EarlyResult.Delivered(required("outcomes", outcomes));
      case "refused" -> new EarlyResult.Refused(refusals(required("outcomes", outcomes)));
      case "try-later" -> new EarlyResult.TryLater(required("outcomes", outcomes));
      case "goes-on" -> new EarlyResult.GoesOn(required("rest", rest));
      case "not-tried" -> new EarlyResult.NotTried(required("why", why));
      default ->
          throw new UnreadableFrameException(
              "early result type: \""
                  + type
                  + "\" (expected: delivered, refused, try-later, goes-on or not-tried)");
    };
  }

  private static List<RecipientOutcome.Failed> refusals(List<RecipientOutcome> outcomes) {
    return outcomes.stream()
        .map(outcome -> {
          if (outcome instanceof RecipientOutcome.Failed failed) {
            return failed;
          }
          throw new UnreadableFrameException(
              "early result: refused with " + outcome + " (expected: failures only)");
        })
        .toList();
  }
}
