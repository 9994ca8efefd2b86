package io.gatepost.contract.wire;

import java.io.OutputStream;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Reads and writes the JSON of log records token by token: they are on the path of every message,
/// and binding them by reflection costs three times as much. What is absent, or null, is taken as
/// not said; properties that a newer writer has added are skipped.
final class JsonText {

  private static final JsonFactory JSON = new JsonFactory();

  private JsonText() {}

  static void write(OutputStream to, Consumer<JsonGenerator> body) {
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), to)) {
      body.accept(json);
    }
  }

  /// Reads one value; throws [UnreadableFrameException] where the octets are not what `body`
  /// expects.
  static <T> T read(
      String what, byte[] octets, int from, int length, Function<JsonParser, T> body) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), octets, from, length)) {
      json.nextToken();
      T value = body.apply(json);
      if (json.nextToken() != null) {
        throw new UnreadableFrameException(what + ": more than one JSON value (expected: one)");
      }
      return value;
    } catch (UnreadableFrameException e) {
      throw e;
    } catch (JacksonException e) {
      throw new UnreadableFrameException(what + ": " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new UnreadableFrameException(what + ": " + e.getMessage(), e);
    }
  }

  /// Checks that the parser stands at the beginning of an object.
  static void startObject(JsonParser json, String what) {
    expect(json, JsonToken.START_OBJECT, what);
  }

  /// Checks that the parser stands at the beginning of an array.
  static void startArray(JsonParser json, String what) {
    expect(json, JsonToken.START_ARRAY, what);
  }

  /// Goes to the next property that says something and stands on its value; nothing at the object's
  /// end.
  static @Nullable String nextProperty(JsonParser json) {
    String name = json.nextName();
    while (name != null && json.nextToken() == JsonToken.VALUE_NULL) {
      name = json.nextName();
    }
    return name;
  }

  /// Goes to the next element of an array; false at its end.
  static boolean nextElement(JsonParser json) {
    return json.nextToken() != JsonToken.END_ARRAY;
  }

  /// The text that the parser stands on.
  static String text(JsonParser json, String what) {
    expect(json, JsonToken.VALUE_STRING, what);
    return json.getString();
  }

  /// Returns the value of a property that every record must have.
  static <T> T required(String what, @Nullable T value) {
    if (value == null) {
      throw new UnreadableFrameException(what + ": absent (expected: in every record)");
    }
    return value;
  }

  private static void expect(JsonParser json, JsonToken expected, String what) {
    if (json.currentToken() != expected) {
      throw new UnreadableFrameException(
          what + ": " + json.currentToken() + " (expected: " + expected + ")");
    }
  }
}
