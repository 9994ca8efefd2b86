package io.gatepost.deploy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The keys of settings that Spring Boot and the services describe in their metadata.
final class SettingKeys {

  /// Each key, and whether it is a map, below which is whatever one likes.
  private static final Map<String, Boolean> KEYS = read();

  private SettingKeys() {}

  /// Whether somebody reads a key.
  ///
  /// @param key in its canonical form, such as `spring.kafka.properties.sasl.mechanism`
  static boolean isKnown(String key) {
    String name = key.replaceAll("\\[\\d+]", "");
    return KEYS.containsKey(name)
        || KEYS.entrySet().stream()
            .anyMatch(known -> known.getValue() && name.startsWith(known.getKey() + "."));
  }

  /// The key that a variable of the environment stands for; none where nobody reads it. Spring's
  /// list of imports is in no metadata.
  ///
  /// @param variable such as `SPRING_KAFKA_BOOTSTRAP_SERVERS`
  static Optional<String> ofVariable(String variable) {
    return variable.equals("SPRING_CONFIG_IMPORT")
        ? Optional.of("spring.config.import")
        : KEYS.keySet().stream()
            .filter(key ->
                key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_').equals(variable))
            .findFirst();
  }

  private static Map<String, Boolean> read() {
    Map<String, Boolean> keys = new HashMap<>();
    try {
      for (URL url :
          Collections.list(
              SettingKeys.class
                  .getClassLoader()
                  .getResources("META-INF/spring-configuration-metadata.json"))) {
        try (Reader reader = new InputStreamReader(url.openStream(), StandardCharsets.UTF_8)) {
          JsonParser.parseReader(reader)
              .getAsJsonObject()
              .getAsJsonArray("properties")
              .forEach(property -> add(keys, property.getAsJsonObject()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return keys;
  }

  private static void add(Map<String, Boolean> keys, JsonObject property) {
    keys.put(
        property.get("name").getAsString(),
        property.toString().contains("\"type\":\"java.util.Map<"));
  }
}
