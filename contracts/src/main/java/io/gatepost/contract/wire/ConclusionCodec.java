package io.gatepost.contract.wire;

import static io.gatepost.contract.wire.JsonText.required;
import static io.gatepost.contract.wire.JsonText.text;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.LogBounds;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.GroupMember;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/// The octets of a [Conclusion]: a frame whose contents are the replacement's, the notices' and the
/// parts'.
public final class ConclusionCodec {

  private ConclusionCodec() {}

  /// A conclusion without the contents.
  private record Head(
      QueueId id,
      int generation,
      List<RecipientOutcome> outcomes,
      Optional<Envelope> replacement,
      Conclusion.Wait delay,
      Optional<String> heldUpBy,
      List<Envelope> notices,
      Optional<GroupMember> owner,
      List<Envelope> parts,
      Optional<LogBounds> records) {}

  /// The conclusion as octets.
  public static byte[] encode(Conclusion conclusion) {
    List<byte[]> contents = new ArrayList<>();
    conclusion.retry().ifPresent(retry -> contents.add(retry.replacement().content()));
    conclusion.notices().forEach(notice -> contents.add(notice.content()));
    conclusion.parts().forEach(part -> contents.add(part.content()));
    return Frame.write(json -> write(json, conclusion), contents);
  }

  /// The conclusion; throws [UnreadableFrameException] where the octets are none.
  public static Conclusion decode(byte[] octets) {
    ByteBuffer frame = ByteBuffer.wrap(octets);
    Head head = Frame.head(frame, ConclusionCodec::read);
    Optional<Conclusion.Retry> retry =
        head.replacement()
            .map(envelope ->
                new Conclusion.Retry(
                    EnvelopeRecordCodec.read(envelope, frame), head.delay(), head.heldUpBy()));
    List<EnvelopeRecord> notices = new ArrayList<>();
    for (Envelope notice : head.notices()) {
      notices.add(EnvelopeRecordCodec.read(notice, frame));
    }
    List<EnvelopeRecord> parts = new ArrayList<>();
    for (Envelope part : head.parts()) {
      parts.add(EnvelopeRecordCodec.read(part, frame));
    }
    Frame.end(frame);
    try {
      return new Conclusion(
          head.id(),
          head.generation(),
          head.outcomes(),
          retry,
          notices,
          head.owner(),
          parts,
          head.records());
    } catch (IllegalArgumentException e) {
      throw new UnreadableFrameException("conclusion: " + e.getMessage(), e);
    }
  }

  private static void write(JsonGenerator json, Conclusion conclusion) {
    json.writeStartObject();
    json.writeStringProperty("id", conclusion.id().text());
    json.writeNumberProperty("generation", conclusion.generation());
    json.writeName("outcomes");
    OutcomeJson.write(json, conclusion.outcomes());
    conclusion
        .retry()
        .ifPresent(retry -> {
          json.writeName("replacement");
          EnvelopeJson.write(json, retry.replacement().envelope());
          json.writeStringProperty("delay", retry.delay().name());
          retry.heldUpBy().ifPresent(by -> json.writeStringProperty("heldUpBy", by));
        });
    json.writeArrayPropertyStart("notices");
    conclusion.notices().forEach(notice -> EnvelopeJson.write(json, notice.envelope()));
    json.writeEndArray();
    conclusion
        .owner()
        .ifPresent(owner -> {
          json.writeObjectPropertyStart("owner");
          json.writeStringProperty("id", owner.id());
          owner.instance().ifPresent(instance -> json.writeStringProperty("instance", instance));
          json.writeNumberProperty("generation", owner.generation());
          json.writeEndObject();
        });
    if (!conclusion.parts().isEmpty()) {
      json.writeArrayPropertyStart("parts");
      conclusion.parts().forEach(part -> EnvelopeJson.write(json, part.envelope()));
      json.writeEndArray();
    }
    conclusion.records().ifPresent(bounds -> OutcomeJson.write(json, bounds));
    json.writeEndObject();
  }

  private static Head read(JsonParser json) {
    QueueId id = null;
    int generation = 0;
    List<RecipientOutcome> outcomes = List.of();
    Envelope replacement = null;
    Conclusion.Wait delay = Conclusion.Wait.LADDER;
    String heldUpBy = null;
    List<Envelope> notices = new ArrayList<>();
    GroupMember owner = null;
    List<Envelope> parts = new ArrayList<>();
    LogBounds records = null;
    JsonText.startObject(json, "conclusion");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "id" -> id = QueueId.of(text(json, name));
        case "generation" -> generation = json.getIntValue();
        case "outcomes" -> outcomes = OutcomeJson.readOutcomes(json);
        case "replacement" -> replacement = EnvelopeJson.read(json);
        case "delay" -> delay = Conclusion.Wait.valueOf(text(json, name));
        case "heldUpBy" -> heldUpBy = text(json, name);
        case "notices" -> readEnvelopes(json, name, notices);
        case "parts" -> readEnvelopes(json, name, parts);
        case OutcomeJson.RECORDS -> records = OutcomeJson.readBounds(json);
        case "owner" -> owner = readOwner(json);
        default -> json.skipChildren();
      }
    }
    return new Head(
        required("id", id),
        generation,
        outcomes,
        Optional.ofNullable(replacement),
        delay,
        Optional.ofNullable(heldUpBy),
        notices,
        Optional.ofNullable(owner),
        parts,
        Optional.ofNullable(records));
  }

  private static void readEnvelopes(JsonParser json, String name, List<Envelope> into) {
    JsonText.startArray(json, name);
    while (JsonText.nextElement(json)) {
      into.add(EnvelopeJson.read(json));
    }
  }

  private static GroupMember readOwner(JsonParser json) {
    String id = null;
    String instance = null;
    int generation = -1;
    JsonText.startObject(json, "owner");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "id" -> id = text(json, name);
        case "instance" -> instance = text(json, name);
        case "generation" -> generation = json.getIntValue();
        default -> json.skipChildren();
      }
    }
    return new GroupMember(required("id", id), Optional.ofNullable(instance), generation);
  }
}
