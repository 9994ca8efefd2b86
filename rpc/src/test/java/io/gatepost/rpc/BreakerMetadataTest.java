package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.wire.ContractJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Metadata of the breakers' keys, as editors show it.
class BreakerMetadataTest {

  @Test
  void eachKeyHasTheDefaultOfTheBreakers() throws IOException {
    Properties defaults = new Properties();
    try (InputStream file = Breakers.class.getResourceAsStream("breakers.properties")) {
      defaults.load(file);
    }
    JsonNode metadata;
    try (InputStream file =
        Breakers.class.getResourceAsStream(
            "/META-INF/additional-spring-configuration-metadata.json")) {
      metadata = ContractJson.MAPPER.readTree(file);
    }

    assertThat(metadata.path("properties")).isNotEmpty();
    for (JsonNode key : metadata.path("properties")) {
      String name = key.path("name").asString();
      assertThat(defaults.getProperty(name))
          .as(name)
          .isIn(
              key.path("defaultValue").asString(),
              "${gatepost.rpc.timeout:" + key.path("defaultValue").asString() + "}");
    }
  }
}
