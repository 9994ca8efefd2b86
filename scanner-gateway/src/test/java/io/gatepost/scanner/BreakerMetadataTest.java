package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.wire.ContractJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Metadata of the breakers' keys, as editors show it.
class BreakerMetadataTest {

  private static final String KEYS = "resilience4j.circuitbreaker.configs.scanner.";

  @Test
  void eachKeyHasTheDefaultOfTheBreakers() throws IOException {
    Properties defaults = new Properties();
    try (InputStream file = ScannerConfiguration.class.getResourceAsStream("breakers.properties")) {
      defaults.load(file);
    }

    List<JsonNode> keys =
        Collections.list(
                getClass()
                    .getClassLoader()
                    .getResources("META-INF/additional-spring-configuration-metadata.json"))
            .stream()
            .flatMap(BreakerMetadataTest::properties)
            .filter(key -> key.path("name").asString().startsWith(KEYS))
            .toList();

    assertThat(keys).isNotEmpty();
    for (JsonNode key : keys) {
      String name = key.path("name").asString();
      assertThat(defaults.getProperty(name))
          .as(name)
          .isEqualTo(key.path("defaultValue").asString());
    }
  }

  private static java.util.stream.Stream<JsonNode> properties(URL file) {
    try (InputStream input = file.openStream()) {
      return ContractJson.MAPPER.readTree(input).path("properties").valueStream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
