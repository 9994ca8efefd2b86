package io.gatepost.contract.wire;

import static io.gatepost.contract.wire.JsonText.required;
import static io.gatepost.contract.wire.JsonText.text;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/// An [OutcomeRecord] as JSON, and the outcomes in it.
final class OutcomeJson {

  private OutcomeJson() {}

  static void write(JsonGenerator json, OutcomeRecord outcome) {
    json.writeStartObject();
    json.writeStringProperty(
        "type",
        switch (outcome) {
          case OutcomeRecord.Progress _ -> "progress";
          case OutcomeRecord.Ended _ -> "ended";
        });
    json.writeStringProperty("id", outcome.id().text());
    json.writeNumberProperty("generation", outcome.generation());
    json.writeName("outcomes");
    write(json, outcome.outcomes());
    json.writeEndObject();
  }

  static OutcomeRecord read(JsonParser json) {
    String type = null;
    QueueId id = null;
    int generation = 0;
    List<RecipientOutcome> outcomes = List.of();
    JsonText.startObject(json, "outcome");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "type" -> type = text(json, name);
        case "id" -> id = QueueId.of(text(json, name));
        case "generation" -> generation = json.getIntValue();
        case "outcomes" -> outcomes = readOutcomes(json);
        default -> json.skipChildren();
      }
    }
    QueueId ended = required("id", id);
    return switch (required("type", type)) {
      case "progress" -> new OutcomeRecord.Progress(ended, generation, outcomes);
      case "ended" -> new OutcomeRecord.Ended(ended, generation, outcomes);
      default ->
          throw new UnreadableFrameException(
              "outcome type: \"" + type + "\" (expected: progress or ended)");
    };
  }

  static void write(JsonGenerator json, List<RecipientOutcome> outcomes) {
    json.writeStartArray();
    for (RecipientOutcome outcome : outcomes) {
      switch (outcome) {
        case RecipientOutcome.Delivered(var recipient, var by, var reply, var _) -> {
          start(json, "delivered", recipient);
          json.writeStringProperty("by", by);
          end(json, reply);
        }
        case RecipientOutcome.Deferred(var recipient, var reason, var reply) -> {
          start(json, "deferred", recipient);
          json.writeStringProperty("reason", reason.name());
          end(json, reply);
        }
        case RecipientOutcome.Failed(var recipient, var reason, var reply) -> {
          start(json, "failed", recipient);
          json.writeStringProperty("reason", reason.name());
          end(json, reply);
        }
      }
    }
    json.writeEndArray();
  }

  static List<RecipientOutcome> readOutcomes(JsonParser json) {
    JsonText.startArray(json, "outcomes");
    List<RecipientOutcome> outcomes = new ArrayList<>();
    while (JsonText.nextElement(json)) {
      outcomes.add(readOutcome(json));
    }
    return outcomes;
  }

  private static void start(JsonGenerator json, String type, Recipient recipient) {
    json.writeStartObject();
    json.writeStringProperty("type", type);
    json.writeName("recipient");
    EnvelopeJson.write(json, recipient);
  }

  private static void end(JsonGenerator json, Reply reply) {
    json.writeStringProperty("reply", reply.toString());
    json.writeEndObject();
  }

  private static RecipientOutcome readOutcome(JsonParser json) {
    String type = null;
    Recipient recipient = null;
    String by = null;
    Reason reason = null;
    Reply reply = null;
    JsonText.startObject(json, "recipient outcome");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "type" -> type = text(json, name);
        case "recipient" -> recipient = EnvelopeJson.readRecipient(json);
        case "by" -> by = text(json, name);
        case "reason" -> reason = Reason.valueOf(text(json, name));
        case "reply" -> reply = Reply.parse(text(json, name));
        default -> json.skipChildren();
      }
    }
    Recipient whose = required("recipient", recipient);
    Reply words = required("reply", reply);
    return switch (required("type", type)) {
      case "delivered" ->
          new RecipientOutcome.Delivered(
              whose, required("by", by), words, RecipientOutcome.Handover.UNSAID);
      case "deferred" -> new RecipientOutcome.Deferred(whose, required("reason", reason), words);
      case "failed" -> new RecipientOutcome.Failed(whose, required("reason", reason), words);
      default ->
          throw new UnreadableFrameException(
              "recipient outcome type: \"" + type + "\" (expected: delivered, deferred or failed)");
    };
  }
}
