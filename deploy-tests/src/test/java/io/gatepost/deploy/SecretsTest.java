package io.gatepost.deploy;

import static io.gatepost.deploy.Release.at;
import static io.gatepost.deploy.Release.map;
import static io.gatepost.deploy.Release.maps;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who has which secret: each service its own token, those of its callers, and nothing else.
class SecretsTest {

  /// `| queue-service | | | `edge`, `delivery`, `scanner`, `operator` |`, or `its own` in between.
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([a-z]+-[a-z]+) \\| (its own )?\\| (its own )?\\| (`[^|]*`) \\|$");

  private static final String GATEWAY = "scanner-gateway";

  @TempDir private Path copy;

  @Test
  void eachServiceHasItsOwnTokenAndThoseOfItsCallers() throws IOException {
    Map<String, Set<String>> documented = documented();
    assertThat(documented).containsOnlyKeys(Release.SERVICES);
    for (String example : List.of(Chart.TRIAL, Chart.PRODUCTION)) {
      Release release = Chart.render(example);

      for (String service : Release.SERVICES) {
        Set<String> tokens = new TreeSet<>();
        release
            .secrets(service)
            .forEach((key, from) -> {
              if (key.startsWith("gatepost.rpc.")) {
                assertThat(from).startsWith("gatepost-tokens/");
                tokens.add(
                    key.substring("gatepost.rpc.".length())
                        + "="
                        + from.substring("gatepost-tokens/".length()));
              }
            });
        assertThat(tokens).as(service).isEqualTo(documented.get(service));
      }
    }
  }

  /// For the commands that are run in a pod.
  @Test
  void theOperatorsTokenIsAVariableOfEachService() {
    Release release = Chart.render(Chart.TRIAL);

    for (String service : Release.SERVICES) {
      assertThat(maps(release.container(service).get("env")))
          .filteredOn(variable -> variable.containsKey("valueFrom"))
          .singleElement()
          .satisfies(variable -> {
            assertThat(variable).containsEntry("name", "GATEPOST_RPC_TOKENS_OPERATOR");
            assertThat(map(at(variable, "valueFrom.secretKeyRef")))
                .containsOnly(
                    Map.entry("name", "gatepost-tokens"),
                    Map.entry("key", service.equals(GATEWAY) ? "operator-scanning" : "operator"));
          });
    }
  }

  /// Who takes a call has seen its token.
  @Test
  void nothingThatTheGatewayKnowsIsGoodElsewhereButItsOwn() {
    Release release = Chart.render(Chart.TRIAL);
    Set<String> known = new TreeSet<>(release.secrets(GATEWAY).values());
    known.add("gatepost-tokens/operator-scanning");

    for (String service : Release.SERVICES) {
      if (!service.equals(GATEWAY)) {
        Set<String> taken = new TreeSet<>();
        release
            .secrets(service)
            .forEach((key, from) -> {
              if (key.startsWith("gatepost.rpc.tokens.")) {
                taken.add(from);
              }
            });
        taken.add("gatepost-tokens/operator");
        taken.retainAll(known);
        assertThat(taken).as(service).isSubsetOf("gatepost-tokens/scanner");
      }
    }
  }

  @Test
  void theInstallationMakesThemAndNoTwoAreTheSame() {
    Release release = Chart.renderWithHooks(copy, Chart.TRIAL);

    assertThat(release.all("Secret"))
        .hasSize(2)
        .allSatisfy(secret -> assertThat(ApiModels.complaint(secret)).isEmpty());
    Map<String, String> made = new HashMap<>();
    release
        .all("Secret")
        .forEach(secret ->
            map(secret.get("stringData"))
                .forEach((key, value) -> made.put(key, String.valueOf(value))));
    assertThat(made)
        .containsOnlyKeys(
            "edge",
            "delivery",
            "verification",
            "scanner",
            "operator",
            "edge-scanning",
            "delivery-scanning",
            "operator-scanning",
            "scram-secret",
            "password");
    assertThat(Set.copyOf(made.values())).hasSameSizeAs(made.keySet());
    assertThat(made.get("scram-secret")).hasSize(32);
    assertThat(made.values()).allSatisfy(value -> assertThat(value.length()).isGreaterThan(30));
    assertThat(release.all("ConfigMap").toString()).doesNotContain(made.values());
    for (String service : Release.SERVICES) {
      release
          .secrets(service)
          .values()
          .forEach(from -> assertThat(made).containsKey(from.substring(from.indexOf('/') + 1)));
    }
  }

  /// Otherwise an upgrade would make new ones, which half of the pods would not know.
  @Test
  void anUpgradeMakesNone() {
    assertThat(Chart.render(Chart.TRIAL).all("Secret")).isEmpty();
  }

  @Test
  void secretsThatAreThereAreTakenByTheirNames() {
    Release release = Chart.render(Chart.PRODUCTION, "tokens: {existingSecret: mine}");

    assertThat(release.secrets("queue-service"))
        .containsEntry("gatepost.rpc.tokens.edge", "mine/edge")
        .containsEntry("spring.datasource.password", "gatepost-database/password")
        .containsEntry("spring.kafka.properties.sasl.jaas.config", "gatepost-kafka/jaas");
    assertThat(release.secrets("verification-service"))
        .containsEntry("spring.datasource.password", "gatepost-database/password")
        .doesNotContainKey("spring.kafka.properties.sasl.jaas.config");
  }

  /// SCRAM shows the same of unknown users in each of them.
  @Test
  void allPodsOfVerificationHaveTheSameSecretForScram() {
    Release release = Chart.render(Chart.TRIAL);

    assertThat(maps(release.container("verification-service").get("volumeMounts")))
        .anySatisfy(mount ->
            assertThat(mount)
                .containsEntry("name", "scram")
                .containsEntry("mountPath", "/var/lib/gatepost/verification"));
    assertThat(maps(release.pod("verification-service").get("volumes")))
        .anySatisfy(volume -> {
          assertThat(volume).containsEntry("name", "scram");
          assertThat(maps(at(volume, "secret.items")))
              .containsExactly(Map.of("key", "scram-secret", "path", "scram-secret"));
        });
  }

  /// Secrets that docs/deployment.md names for each process, but for the operator's: by service,
  /// such as `token=edge` and `tokens.delivery=delivery`.
  static Map<String, Set<String>> documented() throws IOException {
    Map<String, Set<String>> tokens = new HashMap<>();
    ROW.matcher(Files.readString(Chart.HOME.resolve("docs/deployment.md")))
        .results()
        .forEach(row -> {
          Set<String> files = new TreeSet<>();
          // smtp-edge is called edge, and so on.
          String name = row.group(1).replaceAll("^smtp-|-service$|-gateway$", "");
          if (row.group(2) != null) {
            files.add("token=" + name);
          }
          if (row.group(3) != null) {
            files.add("scanner-token=" + name + "-scanning");
          }
          String kind = row.group(1).equals(GATEWAY) ? "-scanning" : "";
          for (String caller : row.group(4).replace("`", "").split(", ", -1)) {
            if (!caller.equals("operator")) {
              files.add("tokens." + caller + "=" + caller + kind);
            }
          }
          tokens.put(row.group(1), files);
        });
    return tokens;
  }
}
