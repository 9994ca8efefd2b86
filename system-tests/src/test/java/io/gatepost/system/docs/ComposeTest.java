package io.gatepost.system.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/// What `docker-compose.yml` says, as far as it can be told without Docker.
class ComposeTest {

  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  /// Code, threads, buffers and the classes of the trained start; measured, see docs/operations.md.
  private static final int BESIDE_THE_HEAP = 256;

  /// `| edge | 192m | 448m |`, and more cells.
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([a-z]+) \\| ([0-9]+m) \\| ([0-9]+m) \\|");

  /// In MiB, as they are written.
  private record Memory(String heap, String limit) {}

  @Test
  void theDocumentHasTheHeapsAndTheLimits() throws IOException {
    Map<String, Memory> documented = new TreeMap<>();
    ROW.matcher(Files.readString(HOME.resolve("docs/operations.md")))
        .results()
        .forEach(row -> documented.put(row.group(1), new Memory(row.group(2), row.group(3))));

    assertThat(documented).isEqualTo(processes());
  }

  @Test
  void eachLimitHasRoomBesideTheHeap() throws IOException {
    assertThat(processes())
        .hasSize(7)
        .allSatisfy((name, memory) ->
            assertThat(mebibytes(memory.limit()) - mebibytes(memory.heap()))
                .isGreaterThanOrEqualTo(BESIDE_THE_HEAP));
  }

  /// With the image's own check, which asks at the port that the environment names.
  @Test
  void eachServiceHasAHealthCheck() throws IOException {
    assertThat(Files.readString(HOME.resolve("deploy/Dockerfile"))).contains("\nHEALTHCHECK ");
    assertThat(services())
        .allSatisfy((name, service) -> {
          switch (name) {
            case "namespace" ->
                assertThat(service.get("healthcheck")).hasToString("{disable=true}");
            case "infrastructure" -> assertThat(service).containsKey("healthcheck");
            default -> {
              assertThat(service).doesNotContainKey("healthcheck");
              assertThat(environment(service).get("GATEPOST_HTTP_PORT")).isNotNull();
            }
          }
        });
  }

  private static Map<String, Memory> processes() throws IOException {
    Map<String, Memory> processes = new TreeMap<>();
    services()
        .forEach((name, service) -> {
          if (!environment(service).isEmpty()) {
            processes.put(
                name,
                new Memory(
                    String.valueOf(environment(service).get("GATEPOST_HEAP")),
                    String.valueOf(service.get("mem_limit"))));
          }
        });
    return processes;
  }

  private static Map<String, Map<String, Object>> services() throws IOException {
    try (Reader file = Files.newBufferedReader(HOME.resolve("docker-compose.yml"))) {
      Map<String, Map<String, Map<String, Object>>> whole = new Yaml().load(file);
      return whole.get("services");
    }
  }

  private static Map<?, ?> environment(Map<String, Object> service) {
    return service.get("environment") instanceof Map<?, ?> variables ? variables : Map.of();
  }

  private static int mebibytes(String size) {
    return Integer.parseInt(size.substring(0, size.length() - 1));
  }
}
