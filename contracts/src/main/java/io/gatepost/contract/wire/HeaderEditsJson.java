package io.gatepost.contract.wire;

import static io.gatepost.contract.wire.JsonText.required;
import static io.gatepost.contract.wire.JsonText.text;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/// [HeaderEdits] as JSON: an array of objects.
final class HeaderEditsJson {

  private HeaderEditsJson() {}

  static void write(JsonGenerator json, HeaderEdits edits) {
    json.writeStartArray();
    for (HeaderEdit edit : edits.list()) {
      json.writeStartObject();
      switch (edit) {
        case HeaderEdit.Insert(var position, var name, var value) -> {
          json.writeStringProperty("type", "insert");
          json.writeNumberProperty("position", position);
          json.writeStringProperty("name", name);
          json.writeStringProperty("value", value);
        }
        case HeaderEdit.Replace(var name, var nth, var value) -> {
          json.writeStringProperty("type", "replace");
          json.writeStringProperty("name", name);
          json.writeNumberProperty("nth", nth);
          json.writeStringProperty("value", value);
        }
        case HeaderEdit.Remove(var name, var nth) -> {
          json.writeStringProperty("type", "remove");
          json.writeStringProperty("name", name);
          json.writeNumberProperty("nth", nth);
        }
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  static HeaderEdits read(JsonParser json) {
    JsonText.startArray(json, "edits");
    List<HeaderEdit> edits = new ArrayList<>();
    while (JsonText.nextElement(json)) {
      edits.add(readEdit(json));
    }
    return new HeaderEdits(edits);
  }

  private static HeaderEdit readEdit(JsonParser json) {
    String type = null;
    String name = null;
    String value = null;
    int position = 0;
    int nth = 0;
    JsonText.startObject(json, "edit");
    for (String property = JsonText.nextProperty(json);
        property != null;
        property = JsonText.nextProperty(json)) {
      switch (property) {
        case "type" -> type = text(json, property);
        case "name" -> name = text(json, property);
        case "value" -> value = text(json, property);
        case "position" -> position = json.getIntValue();
        case "nth" -> nth = json.getIntValue();
        default -> json.skipChildren();
      }
    }
    return edit(required("edit type", type), required("edit name", name), value, position, nth);
  }

  private static HeaderEdit edit(
      String type, String name, @Nullable String value, int position, int nth) {
    return switch (type) {
      case "insert" -> new HeaderEdit.Insert(position, name, required("edit value", value));
      case "replace" -> new HeaderEdit.Replace(name, nth, required("edit value", value));
      case "remove" -> new HeaderEdit.Remove(name, nth);
      default ->
          throw new UnreadableFrameException(
              "edit type: \"" + type + "\" (expected: insert, replace or remove)");
    };
  }
}
