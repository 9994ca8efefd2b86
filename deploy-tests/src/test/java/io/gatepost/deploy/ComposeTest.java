package io.gatepost.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `docker-compose.yml` and the files that go over it, as far as they can be told without Docker.
class ComposeTest {

  private static final Compose COMPOSE = Compose.read("docker-compose.yml");

  /// Code, threads, buffers and the classes of the trained start; measured, see the document.
  private static final int BESIDE_THE_HEAP = 256;

  /// `| edge | the world | `smtp-edge`, `routing-service` | why |`.
  private static final Pattern NETWORK =
      Pattern.compile("(?m)^\\| `([a-z]+)` \\| (the world|no way out) \\| (`[^|]*`) \\|");

  /// `| smtp-edge | 192m | 448m |`, and more cells; `-` is no heap.
  private static final Pattern MEMORY =
      Pattern.compile("(?m)^\\| ([a-z-]+) \\| ([0-9]+m|-) \\| ([0-9]+[mg]) \\|");

  @Test
  void eachContainerIsOnTheNetworksOfTheDocument() throws IOException {
    Map<String, Set<String>> documented = new TreeMap<>();
    for (MatchResult row : rows(NETWORK)) {
      documented.put(row.group(1), new TreeSet<>(names(row.group(3))));
      assertThat(COMPOSE.isInternal(row.group(1)))
          .as(row.group(1))
          .isEqualTo(row.group(2).equals("no way out"));
    }

    assertThat(documented).isEqualTo(COMPOSE.members());
  }

  /// It has strangers' octets in its hands.
  @Test
  void theGatewayReachesScannersAndServicesOnly() {
    Set<String> reached = new TreeSet<>();
    COMPOSE
        .members()
        .forEach((network, members) -> {
          if (members.contains("scanner-gateway")) {
            assertThat(COMPOSE.isInternal(network)).as(network).isTrue();
            reached.addAll(members);
          }
        });

    assertThat(reached).contains("clamav", "rspamd").doesNotContain("kafka", "postgres");
    assertThat(COMPOSE.environment("scanner-gateway").keySet())
        .noneMatch(name -> name.startsWith("SPRING_KAFKA") || name.startsWith("SPRING_DATASOURCE"));
  }

  @Test
  void eachServiceHasItsOwnTokenAndThoseOfItsCallers() throws IOException {
    Map<String, Set<String>> documented = SecretsTest.documented();

    for (String service : Release.SERVICES) {
      Set<String> tokens = new TreeSet<>();
      COMPOSE
          .secrets(service)
          .forEach((key, from) -> {
            if (key.startsWith("gatepost.rpc.")) {
              tokens.add(key.substring("gatepost.rpc.".length()) + "=" + from);
            }
          });
      String operator =
          "tokens.operator=operator" + (service.equals("scanner-gateway") ? "-scanning" : "");
      assertThat(tokens).as(service).contains(operator);
      tokens.remove(operator);
      assertThat(tokens).as(service).isEqualTo(documented.get(service));
    }
  }

  @Test
  void nobodyHasAnotherSecretThatHeDoesNotUse() {
    Map<String, Set<String>> owners = new TreeMap<>();
    for (String name : COMPOSE.containers().keySet()) {
      COMPOSE
          .secrets(name)
          .forEach((key, from) -> {
            if (!key.startsWith("gatepost.rpc.")) {
              owners.computeIfAbsent(from, _ -> new TreeSet<>()).add(name);
            }
          });
    }

    assertThat(owners)
        .isEqualTo(
            Map.of(
                "postgres",
                Set.of("postgres", "routing-service", "verification-service", "queue-service"),
                "scram-secret",
                Set.of("verification-service"),
                "grafana",
                Set.of("grafana")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker-compose.yml", Compose.BROKERS, Compose.BALANCER})
  void noSecretIsAVariable(String file) {
    Compose compose = Compose.read(file);

    for (String name : compose.containers().keySet()) {
      assertThat(compose.environment(name).keySet())
          .filteredOn(variable -> variable.matches(".*(PASSWORD|TOKEN|SECRET).*"))
          .allMatch(variable -> variable.endsWith("_FILE"));
    }
  }

  @Test
  void theScriptMakesEverySecret() throws IOException {
    String script = Files.readString(Chart.HOME.resolve("deploy/compose/secrets"));

    assertThat(Release.map(COMPOSE.content().get("secrets")).keySet())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(script).containsPattern("\\b" + name + "\\b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker-compose.yml", Compose.BROKERS, Compose.BALANCER})
  void everyContainerIsConfined(String file) {
    Compose.read(file)
        .containers()
        .forEach((name, container) -> {
          if (container.containsKey("image")) {
            assertThat(container)
                .as(name)
                .containsEntry("cap_drop", List.of("ALL"))
                .containsEntry("security_opt", List.of("no-new-privileges:true"))
                .containsEntry("read_only", true)
                .containsEntry("restart", "unless-stopped")
                .containsKeys("mem_limit", "networks")
                .doesNotContainKeys("privileged", "cap_add", "network_mode", "pid", "devices");
            assertThat(String.valueOf(container.get("logging"))).contains("max-size", "max-file");
            assertThat(String.valueOf(container.get("volumes"))).doesNotContain("docker.sock");
          }
        });
  }

  /// Those of others say which user; the image of the services does it itself.
  @ParameterizedTest
  @ValueSource(strings = {"docker-compose.yml", Compose.BROKERS, Compose.BALANCER})
  void nobodyIsRootAndImagesHaveVersions(String file) throws IOException {
    assertThat(Files.readString(Chart.HOME.resolve("deploy/Dockerfile")))
        .containsPattern("(?m)^USER (?!root|0)");
    Compose.read(file)
        .containers()
        .forEach((name, container) -> {
          if (container.containsKey("image") && !Release.SERVICES.contains(name)) {
            assertThat(String.valueOf(container.get("user")))
                .as(name)
                .matches("[1-9][0-9]*:[0-9]+");
            assertThat(String.valueOf(container.get("image"))).as(name).matches(".+:v?[0-9].*");
          }
        });
  }

  @Test
  void theImagesAreThoseOfTheChart() {
    assertThat(COMPOSE.container("kafka")).containsEntry("image", chart("kafka.trial.image"));
    assertThat(COMPOSE.container("postgres")).containsEntry("image", chart("database.trial.image"));
    assertThat(COMPOSE.container("clamav")).containsEntry("image", chart("scanners.clamav.image"));
    assertThat(COMPOSE.container("rspamd")).containsEntry("image", chart("scanners.rspamd.image"));
    assertThat(Compose.read(Compose.BROKERS).container("kafka-3"))
        .containsEntry("image", chart("kafka.trial.image"));
  }

  /// With the image's own check, which asks at the port that the environment names.
  @Test
  void everyContainerHasAHealthCheck() throws IOException {
    assertThat(Files.readString(Chart.HOME.resolve("deploy/Dockerfile")))
        .contains("\nHEALTHCHECK ");
    COMPOSE
        .containers()
        .forEach((name, container) -> {
          if (Release.SERVICES.contains(name)) {
            assertThat(container).as(name).doesNotContainKey("healthcheck");
            assertThat(COMPOSE.environment(name)).as(name).containsKey("GATEPOST_HTTP_PORT");
          } else {
            assertThat(container).as(name).containsKey("healthcheck");
          }
        });
  }

  /// Longer than a service takes to end in order.
  @Test
  void nobodyIsKilledBeforeItHasEnded() {
    for (String service : Release.SERVICES) {
      int grace = seconds(COMPOSE.container(service).get("stop_grace_period"));
      if (service.equals("smtp-edge")) {
        assertThat(grace).isGreaterThan(10 + 10);
      } else {
        assertThat(COMPOSE.environment(service)).containsEntry("SERVER_SHUTDOWN", "graceful");
        assertThat(grace)
            .isGreaterThan(
                seconds(
                    COMPOSE
                        .environment(service)
                        .get("SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE")));
      }
    }
  }

  @Test
  void theDocumentHasTheHeapsAndTheLimits() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    rows(MEMORY).forEach(row -> documented.put(row.group(1), row.group(2) + " " + row.group(3)));
    Map<String, String> written = new TreeMap<>();
    COMPOSE
        .containers()
        .forEach((name, container) ->
            written.put(name, heap(name).orElse("-") + " " + container.get("mem_limit")));

    assertThat(documented).isEqualTo(written);
  }

  @Test
  void eachLimitHasRoomBesideTheHeap() {
    for (String name : COMPOSE.containers().keySet()) {
      heap(name)
          .ifPresent(heap ->
              assertThat(
                      mebibytes(String.valueOf(COMPOSE.container(name).get("mem_limit")))
                          - mebibytes(heap))
                  .as(name)
                  .isGreaterThanOrEqualTo(BESIDE_THE_HEAP));
    }
  }

  private static Optional<String> heap(String name) {
    Map<String, String> environment = COMPOSE.environment(name);
    return Optional.ofNullable(environment.get("GATEPOST_HEAP"))
        .or(() ->
            Optional.ofNullable(environment.get("KAFKA_HEAP_OPTS"))
                .map(options -> options.replace("-Xmx", "")));
  }

  private static List<MatchResult> rows(Pattern pattern) throws IOException {
    List<MatchResult> rows =
        pattern
            .matcher(Files.readString(Chart.HOME.resolve("docs/deployment.md")))
            .results()
            .toList();
    assertThat(rows).isNotEmpty();
    return rows;
  }

  private static List<String> names(String cell) {
    return Arrays.stream(cell.replace("`", "").split(", ", -1)).collect(Collectors.toList());
  }

  private static Object chart(String path) {
    return Release.at(Chart.defaults(), path);
  }

  private static int seconds(Object duration) {
    return Integer.parseInt(String.valueOf(duration).replaceFirst("s$", ""));
  }

  private static int mebibytes(String size) {
    int number = Integer.parseInt(size.substring(0, size.length() - 1));
    return size.endsWith("g") ? number * 1024 : number;
  }
}
