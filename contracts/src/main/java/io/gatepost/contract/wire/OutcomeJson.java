package io.gatepost.contract.wire;

import static io.gatepost.contract.wire.JsonText.required;
import static io.gatepost.contract.wire.JsonText.text;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.LogBounds;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/// An [OutcomeRecord] as JSON, and the outcomes in it.
final class OutcomeJson {

  /// Where the records of a generation stand.
  static final String RECORDS = "records";

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
    if (outcome instanceof OutcomeRecord.Ended over) {
      over.records().ifPresent(bounds -> write(json, bounds));
    }
    json.writeEndObject();
  }

  static OutcomeRecord read(JsonParser json) {
    String type = null;
    QueueId id = null;
    int generation = 0;
    List<RecipientOutcome> outcomes = List.of();
    LogBounds records = null;
    JsonText.startObject(json, "outcome");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "type" -> type = text(json, name);
        case "id" -> id = QueueId.of(text(json, name));
        case "generation" -> generation = json.getIntValue();
        case "outcomes" -> outcomes = readOutcomes(json);
        case RECORDS -> records = readBounds(json);
        default -> json.skipChildren();
      }
    }
    QueueId ended = required("id", id);
    return switch (required("type", type)) {
      case "progress" -> new OutcomeRecord.Progress(ended, generation, outcomes);
      case "ended" ->
          new OutcomeRecord.Ended(ended, generation, outcomes, Optional.ofNullable(records));
      default ->
          throw new UnreadableFrameException(
              "outcome type: \"" + type + "\" (expected: progress or ended)");
    };
  }

  /// Also part of conclusions.
  static void write(JsonGenerator json, LogBounds bounds) {
    json.writeObjectPropertyStart(RECORDS);
    json.writeNumberProperty("ready", bounds.ready());
    json.writeNumberProperty("due", bounds.due());
    json.writeEndObject();
  }

  static LogBounds readBounds(JsonParser json) {
    long ready = 0;
    long due = 0;
    JsonText.startObject(json, RECORDS);
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "ready" -> ready = json.getLongValue();
        case "due" -> due = json.getLongValue();
        default -> json.skipChildren();
      }
    }
    return new LogBounds(ready, due);
  }

  static void write(JsonGenerator json, List<RecipientOutcome> outcomes) {
    json.writeStartArray();
    for (RecipientOutcome outcome : outcomes) {
      switch (outcome) {
        case RecipientOutcome.Delivered(var recipient, var by, var reply, var handover) -> {
          start(json, "delivered", recipient);
          json.writeStringProperty("by", by);
          if (handover != Handover.UNSAID) {
            json.writeStringProperty("handover", handover.name());
          }
          end(json, reply);
        }
        case RecipientOutcome.Discarded(var recipient, var by) -> {
          start(json, "discarded", recipient);
          json.writeStringProperty("by", by);
          json.writeEndObject();
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
    Handover handover = Handover.UNSAID;
    JsonText.startObject(json, "recipient outcome");
    for (String name = JsonText.nextProperty(json);
        name != null;
        name = JsonText.nextProperty(json)) {
      switch (name) {
        case "type" -> type = text(json, name);
        case "recipient" -> recipient = EnvelopeJson.readRecipient(json);
        case "by" -> by = text(json, name);
        case "reason" -> reason = Reason.valueOf(text(json, name));
        case "handover" -> handover = Handover.valueOf(text(json, name));
        case "reply" -> reply = Reply.parse(text(json, name));
        default -> json.skipChildren();
      }
    }
    Recipient whose = required("recipient", recipient);
    return switch (required("type", type)) {
      case "delivered" ->
          new RecipientOutcome.Delivered(
              whose, required("by", by), required("reply", reply), handover);
      case "discarded" -> new RecipientOutcome.Discarded(whose, required("by", by));
      case "deferred" ->
          new RecipientOutcome.Deferred(
              whose, required("reason", reason), required("reply", reply));
      case "failed" ->
          new RecipientOutcome.Failed(whose, required("reason", reason), required("reply", reply));
      default ->
          throw new UnreadableFrameException(
              "recipient outcome type: \""
                  + type
                  + "\" (expected: delivered, discarded, deferred or failed)");
    };
  }
}
