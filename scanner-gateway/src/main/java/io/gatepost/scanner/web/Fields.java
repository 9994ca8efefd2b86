package io.gatepost.scanner.web;

import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.ScannerHttp;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A JSON object of an answer. Whatever is not as the protocol has it is a [ScannerFailedException]
/// that names the field, its value and what was expected.
final class Fields {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MAX_SHOWN = 120;

  private final String scanner;
  private final JsonNode object;

  private Fields(String scanner, JsonNode object) {
    this.scanner = scanner;
    this.object = object;
  }

  /// @param scanner its URL
  static Fields of(String scanner, ScannerHttp.Answer answer) {
    try {
      return object(scanner, JSON.readTree(answer.body()));
    } catch (JacksonException e) {
      throw garbled(scanner, "body", answer.beginning(), "a JSON object", e);
    }
  }

  private static Fields object(String scanner, JsonNode node) {
    if (!node.isObject()) {
      throw garbled(scanner, "body", node.toString(), "a JSON object", null);
    }
    return new Fields(scanner, node);
  }

  /// A text of bounded length; longer ones are cut off. Empty where the field is missing or null.
  Optional<String> text(String name, int longest) {
    JsonNode value = object.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw garbled(name, "a text");
    }
    String text = value.stringValue();
    return Optional.of(text.length() > longest ? text.substring(0, longest) : text);
  }

  /// A text that must be there.
  String required(String name, int longest, String expected) {
    return text(name, longest).orElseThrow(() -> garbled(name, expected));
  }

  /// A number.
  Optional<Double> number(String name) {
    JsonNode value = object.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
      throw garbled(name, "a number");
    }
    return Optional.of(value.asDouble());
  }

  /// A whole number.
  int whole(String name, int otherwise) {
    JsonNode value = object.path(name);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw garbled(name, "a whole number");
    }
    return value.intValue();
  }

  /// A list of objects; none where the field is missing or null.
  List<Fields> objects(String name) {
    JsonNode value = object.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return List.of();
    }
    if (!value.isArray()) {
      throw garbled(name, "a list");
    }
    return value.values().stream().map(each -> object(scanner, each)).toList();
  }

  /// A field that is not as it should be.
  ScannerFailedException garbled(String name, String expected) {
    return garbled(scanner, name, object.path(name).toString(), expected, null);
  }

  private static ScannerFailedException garbled(
      String scanner, String name, String value, String expected, @Nullable Throwable cause) {
    String shown = value.length() > MAX_SHOWN ? value.substring(0, MAX_SHOWN) + "..." : value;
    return new ScannerFailedException(
        Kind.GARBLED,
        "%s answered %s: %s (expected: %s)"
            .formatted(scanner, name, shown.isEmpty() ? "nothing" : shown, expected),
        cause);
  }
}
