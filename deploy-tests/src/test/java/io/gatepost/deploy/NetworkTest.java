package io.gatepost.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.deploy.Policies.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The network policies admit what the suite needs, and nothing else.
class NetworkTest {

  private static final Map<String, Integer> PORTS =
      Map.of(
          "smtp-edge", 8086,
          "routing-service", 8081,
          "verification-service", 8082,
          "scanner-gateway", 8083,
          "queue-service", 8084,
          "delivery-service", 8085,
          "clamav", 3310,
          "rspamd", 11333,
          "kafka", 9092,
          "postgres", 5432);

  /// All connections between pods of the release.
  private static final Set<String> MEANT =
      Set.of(
          "smtp-edge > verification-service:8082",
          "smtp-edge > scanner-gateway:8083",
          "smtp-edge > queue-service:8084",
          "smtp-edge > delivery-service:8085",
          "verification-service > routing-service:8081",
          "verification-service > delivery-service:8085",
          "verification-service > postgres:5432",
          "routing-service > postgres:5432",
          "scanner-gateway > queue-service:8084",
          "scanner-gateway > clamav:3310",
          "scanner-gateway > rspamd:11333",
          "queue-service > kafka:9092",
          "queue-service > postgres:5432",
          "delivery-service > routing-service:8081",
          "delivery-service > verification-service:8082",
          "delivery-service > scanner-gateway:8083",
          "delivery-service > queue-service:8084",
          "delivery-service > kafka:9092");

  private static final End WORLD = End.outside("203.0.113.9");
  private static final End WORLD_6 = End.outside("2001:db8:ffff::9");

  private final Release trial = Chart.render(Chart.TRIAL);
  private final Policies policies = Policies.of(trial);

  @Test
  void podsOfTheReleaseReachWhatIsMeantAndNothingElse() {
    Set<String> admitted = new TreeSet<>();
    Set<Integer> ports = new TreeSet<>(PORTS.values());
    ports.addAll(List.of(22, 25, 80, 443, 2525, 9093, 11334));
    for (String from : PORTS.keySet()) {
      for (String to : PORTS.keySet()) {
        for (int port : ports) {
          if (!from.equals(to) && policies.admit(pod(from), pod(to), "TCP", port)) {
            admitted.add(from + " > " + to + ":" + port);
          }
        }
      }
    }

    assertThat(admitted).containsExactlyInAnyOrderElementsOf(MEANT);
    assertThat(trial.workloads()).containsOnlyKeys(PORTS.keySet());
  }

  /// The boundary around what strangers' octets are given to.
  @Test
  void scannerGatewayReachesNothingOfTheBrokerOrTheDatabase() {
    for (Release release : List.of(trial, Chart.render(Chart.PRODUCTION))) {
      Policies all = Policies.of(release);
      End gateway = Policies.pod(release, "scanner-gateway");
      List<End> data = new ArrayList<>(List.of(WORLD, WORLD_6, End.podOf("data", "kafka")));
      if (release.workloads().containsKey("kafka")) {
        data.addAll(List.of(pod("kafka"), pod("postgres")));
      }

      for (End end : data) {
        for (int port : List.of(9092, 9093, 5432, 443, 25)) {
          assertThat(all.admit(gateway, end, "TCP", port)).as("%s:%d", end, port).isFalse();
        }
      }
    }
  }

  @Test
  void theWorldReachesTheSmtpPortsOnly() {
    for (String workload : PORTS.keySet()) {
      for (int port : Set.copyOf(PORTS.values())) {
        assertThat(policies.admit(WORLD, pod(workload), "TCP", port)).isFalse();
        assertThat(policies.admit(End.podOf("other", "x"), pod(workload), "TCP", port)).isFalse();
      }
    }
    for (End client : List.of(WORLD, WORLD_6, End.podOf("other", "x"))) {
      assertThat(policies.admit(client, pod("smtp-edge"), "TCP", 2525)).isTrue();
      assertThat(policies.admit(client, pod("smtp-edge"), "TCP", 2587)).isFalse();
    }
  }

  @Test
  void submissionIsOpenWhereItIsEnabled() {
    Release release = Chart.render(Chart.PRODUCTION);

    for (int port : List.of(2525, 2587, 2465)) {
      assertThat(Policies.of(release).admit(WORLD, Policies.pod(release, "smtp-edge"), "TCP", port))
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"smtp-edge", "routing-service", "verification-service", "queue-service"})
  void mostServicesReachNothingOutside(String service) {
    for (int port : List.of(25, 53, 80, 443, 587, 5432, 9092)) {
      assertThat(policies.admit(pod(service), WORLD, "TCP", port)).isFalse();
      assertThat(policies.admit(pod(service), WORLD_6, "TCP", port)).isFalse();
    }
  }

  @Test
  void deliveryReachesNextHopsAndTheScannersTheirSignatures() {
    for (int port : List.of(25, 465, 587)) {
      assertThat(policies.admit(pod("delivery-service"), WORLD, "TCP", port)).isTrue();
      assertThat(policies.admit(pod("delivery-service"), WORLD_6, "TCP", port)).isTrue();
    }
    assertThat(policies.admit(pod("delivery-service"), WORLD, "TCP", 443)).isFalse();
    assertThat(policies.admit(pod("clamav"), WORLD, "TCP", 443)).isTrue();
    assertThat(policies.admit(pod("clamav"), WORLD, "TCP", 25)).isFalse();
  }

  @Test
  void everyServiceAsksTheClustersDns() {
    for (String service : Release.SERVICES) {
      for (End server :
          List.of(End.podOf("kube-system", "coredns"), End.outside("169.254.20.10"))) {
        assertThat(policies.admit(pod(service), server, "UDP", 53)).isTrue();
        assertThat(policies.admit(pod(service), server, "TCP", 53)).isTrue();
      }
      assertThat(policies.admit(pod(service), WORLD, "UDP", 53)).isFalse();
    }
    assertThat(policies.admit(pod("kafka"), WORLD, "UDP", 53)).isFalse();
  }

  @Test
  void prometheusReachesActuatorAndNotTheData() {
    End prometheus = End.podOf("monitoring", "prometheus");

    for (String service : Release.SERVICES) {
      assertThat(policies.admit(prometheus, pod(service), "TCP", PORTS.get(service))).isTrue();
    }
    for (String other : List.of("kafka", "postgres", "clamav", "rspamd")) {
      assertThat(policies.admit(prometheus, pod(other), "TCP", PORTS.get(other))).isFalse();
    }
  }

  @Test
  void aBrokerAndADatabaseOfOnesOwnAreReachedAtTheirPortsByThoseWhoUseThem() {
    Release release = Chart.render(Chart.PRODUCTION);
    Policies all = Policies.of(release);
    End data = End.podOf("data", "any");

    for (String service : Release.SERVICES) {
      End from = Policies.pod(release, service);
      assertThat(all.admit(from, data, "TCP", 9093))
          .as(service)
          .isEqualTo(Set.of("queue-service", "delivery-service").contains(service));
      assertThat(all.admit(from, data, "TCP", 5432))
          .as(service)
          .isEqualTo(
              Set.of("queue-service", "routing-service", "verification-service").contains(service));
      assertThat(all.admit(from, End.podOf("other", "kafka"), "TCP", 9093)).isFalse();
    }
  }

  @Test
  void moreIsAdmittedWhereTheValuesSaySo() {
    Release release = Chart.render(Chart.PRODUCTION);

    assertThat(
            Policies.of(release)
                .admit(
                    Policies.pod(release, "scanner-gateway"),
                    End.outside("198.51.100.17"),
                    "TCP",
                    3310))
        .isTrue();
  }

  /// The four zones, by which others may select pods.
  @Test
  void everyPodIsOfAZone() {
    assertThat(PORTS.keySet())
        .allSatisfy(workload ->
            assertThat(pod(workload).pod())
                .containsEntry(
                    "gatepost.io/zone",
                    switch (workload) {
                      case "smtp-edge" -> "edge";
                      case "clamav", "rspamd" -> "scanners";
                      case "kafka", "postgres" -> "data";
                      default -> "services";
                    }));
  }

  @Test
  void withoutPoliciesEverythingIsOpen() {
    Release release = Chart.render(Chart.TRIAL, "networkPolicy: {enabled: false}");

    assertThat(release.all("NetworkPolicy")).isEmpty();
    assertThat(Policies.of(release).admit(WORLD, Policies.pod(release, "kafka"), "TCP", 9092))
        .isTrue();
  }

  private End pod(String workload) {
    return Policies.pod(trial, workload);
  }
}
