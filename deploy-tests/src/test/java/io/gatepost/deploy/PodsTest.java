package io.gatepost.deploy;

import static io.gatepost.deploy.Release.at;
import static io.gatepost.deploy.Release.map;
import static io.gatepost.deploy.Release.maps;
import static io.gatepost.deploy.Release.strings;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// How pods run: without rights, watched by Actuator, with room for their heap.
class PodsTest {

  /// Code, threads, buffers and the classes of the trained start, in MiB; docs/operations.md.
  private static final int BESIDE_THE_HEAP = 256;

  @TempDir private Path copy;

  static Stream<Release> releases() {
    return Stream.of(Chart.render(Chart.TRIAL), Chart.render(Chart.PRODUCTION));
  }

  @ParameterizedTest
  @MethodSource("releases")
  void noPodHasRights(Release release) {
    for (String workload : release.workloads().keySet()) {
      Map<String, Object> pod = release.pod(workload);
      Map<String, Object> security = map(pod.get("securityContext"));

      assertThat(pod)
          .containsEntry("automountServiceAccountToken", false)
          .doesNotContainKeys("hostNetwork", "hostPID", "hostIPC");
      assertThat(security)
          .containsEntry("runAsNonRoot", true)
          .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
      assertThat((Integer) at(security, "runAsUser")).isPositive();
      assertThat((Integer) at(security, "fsGroup")).isPositive();
      assertThat(maps(pod.get("containers"))).hasSize(1);
      assertThat(release.container(workload).get("securityContext"))
          .isEqualTo(
              Map.of(
                  "allowPrivilegeEscalation",
                  false,
                  "readOnlyRootFilesystem",
                  true,
                  "runAsNonRoot",
                  true,
                  "capabilities",
                  Map.of("drop", List.of("ALL"))));
    }
  }

  /// As a port below 1024 would take a right.
  @ParameterizedTest
  @MethodSource("releases")
  void noPodListensBelow1024(Release release) {
    for (String workload : release.workloads().keySet()) {
      assertThat(maps(release.container(workload).get("ports")))
          .isNotEmpty()
          .allSatisfy(
              port -> assertThat((Integer) at(port, "containerPort")).isGreaterThanOrEqualTo(1024));
    }
  }

  /// The root file system is read-only: where a service writes there is a volume.
  @ParameterizedTest
  @MethodSource("releases")
  void whereAServiceWritesThereIsAVolume(Release release) {
    for (String service : Release.SERVICES) {
      assertThat(maps(release.container(service).get("volumeMounts")))
          .filteredOn(mount -> !Boolean.TRUE.equals(mount.get("readOnly")))
          .extracting(mount -> mount.get("mountPath"))
          .containsExactlyInAnyOrder("/var/lib/gatepost", "/tmp");
      List<String> args = strings(release.container(service).get("args"));
      assertThat(args.get(args.indexOf("--data") + 1)).isEqualTo("/var/lib/gatepost");
      assertThat(args.get(args.indexOf("--config") + 1))
          .isEqualTo("/etc/gatepost/settings/gatepost.yaml");
    }
  }

  /// `QUEUE_SERVICE_PORT=tcp://…`, as Kubernetes names the services of a namespace.
  @ParameterizedTest
  @MethodSource("releases")
  void noVariableOfAServiceIsTakenForASetting(Release release) {
    for (String workload : release.workloads().keySet()) {
      assertThat(release.pod(workload)).containsEntry("enableServiceLinks", false);
    }
  }

  /// The groups are Spring Boot's; that they answer is `MetersIT`'s and `OperatorPortIT`'s affair.
  @ParameterizedTest
  @MethodSource("releases")
  void probesAskActuatorAndNeverTheSmtpPort(Release release) {
    for (String service : Release.SERVICES) {
      Map<String, Object> container = release.container(service);

      assertThat(at(container, "startupProbe.httpGet"))
          .isEqualTo(Map.of("path", "/actuator/health/liveness", "port", "http"));
      assertThat(at(container, "livenessProbe.httpGet"))
          .isEqualTo(Map.of("path", "/actuator/health/liveness", "port", "http"));
      assertThat(at(container, "readinessProbe.httpGet"))
          .isEqualTo(Map.of("path", "/actuator/health/readiness", "port", "http"));
      assertThat(maps(container.get("ports")))
          .filteredOn(port -> "http".equals(port.get("name")))
          .singleElement()
          .satisfies(port ->
              assertThat(maps(container.get("env")))
                  .contains(
                      Map.of(
                          "name",
                          "GATEPOST_HTTP_PORT",
                          "value",
                          String.valueOf(port.get("containerPort")))));
    }
  }

  /// A start on a loaded machine takes minutes (docs/operations.md: 268 s beside a test run).
  @ParameterizedTest
  @MethodSource("releases")
  void aSlowStartIsNotKilled(Release release) {
    for (String service : Release.SERVICES) {
      Map<String, Object> probe = map(release.container(service).get("startupProbe"));

      assertThat((Integer) at(probe, "periodSeconds") * (Integer) at(probe, "failureThreshold"))
          .isGreaterThanOrEqualTo(300);
    }
  }

  @ParameterizedTest
  @MethodSource("releases")
  void eachLimitHasRoomBesideTheHeap(Release release) {
    for (String service : Release.SERVICES) {
      Map<String, Object> container = release.container(service);
      String heap =
          maps(container.get("env")).stream()
              .filter(variable -> "GATEPOST_HEAP".equals(variable.get("name")))
              .map(variable -> String.valueOf(variable.get("value")))
              .findFirst()
              .orElseThrow();
      String limit = String.valueOf(at(container, "resources.limits.memory"));

      assertThat(limit).endsWith("Mi");
      assertThat(at(container, "resources.requests.memory")).isEqualTo(limit);
      assertThat(Integer.parseInt(limit.replace("Mi", "")))
          .isGreaterThanOrEqualTo(Integer.parseInt(heap.replace("m", "")) + BESIDE_THE_HEAP);
    }
  }

  @ParameterizedTest
  @MethodSource("releases")
  void aNodeCanBeEmptiedAndNoServiceGoesAsAWhole(Release release) {
    for (String service : Release.SERVICES) {
      assertThat(map(release.one("PodDisruptionBudget", service).get("spec")))
          .containsEntry("maxUnavailable", 1)
          .doesNotContainKey("minAvailable");
    }
  }

  /// The volumes hold accepted mail.
  @ParameterizedTest
  @MethodSource("releases")
  void theVolumesOutliveTheirSets(Release release) {
    assertThat(release.all("StatefulSet"))
        .allSatisfy(set -> {
          assertThat(at(set, "spec.persistentVolumeClaimRetentionPolicy"))
              .isEqualTo(Map.of("whenDeleted", "Retain", "whenScaled", "Retain"));
          assertThat(at(set, "spec.replicas")).isEqualTo(1);
          assertThat(maps(at(set, "spec.volumeClaimTemplates"))).hasSize(1);
        });
  }

  /// Their instance has no other: callers are told by it what is wrong.
  @ParameterizedTest
  @MethodSource("releases")
  void theNameOfASingleInstanceAlwaysLeadsToIt(Release release) {
    for (String service : List.of("queue-service", "delivery-service")) {
      assertThat(map(release.one("Service", service).get("spec")))
          .containsEntry("publishNotReadyAddresses", true);
    }
    assertThat(map(release.one("Service", "scanner-gateway").get("spec")))
        .doesNotContainKey("publishNotReadyAddresses");
  }

  @Test
  void onlyScannerGatewayScalesByItself() {
    Release release = Chart.render(Chart.PRODUCTION);

    Map<String, Object> scaler = release.all("HorizontalPodAutoscaler").getFirst();
    assertThat(release.all("HorizontalPodAutoscaler")).hasSize(1);
    assertThat(at(scaler, "spec.scaleTargetRef"))
        .isEqualTo(
            Map.of("apiVersion", "apps/v1", "kind", "Deployment", "name", "scanner-gateway"));
    assertThat(maps(at(scaler, "spec.metrics")))
        .extracting(metric -> metric.get("type"))
        .containsExactly("Resource", "Pods");
    // The number of pods is the autoscaler's: an upgrade does not set it back.
    assertThat(map(release.workloads().get("scanner-gateway").get("spec")))
        .doesNotContainKey("replicas");
    assertThat(map(release.workloads().get("smtp-edge").get("spec"))).containsEntry("replicas", 3);
    assertThat(Chart.render(Chart.TRIAL).all("HorizontalPodAutoscaler")).isEmpty();
  }

  @Test
  void theImageIsAValue() {
    assertThat(Chart.render(Chart.PRODUCTION).container("queue-service"))
        .containsEntry("image", "registry.example.org/gatepost:0.1.0");
  }

  /// Restarts follow a change of what a service reads, and of nothing else.
  @Test
  void podsAreReplacedWhereTheirSettingsChange() {
    Release before = Chart.render(Chart.TRIAL);
    Release after = Chart.render(Chart.TRIAL, "database: {username: other}");

    assertThat(settingsOf(after, "queue-service"))
        .isNotEqualTo(settingsOf(before, "queue-service"));
    assertThat(settingsOf(after, "smtp-edge")).isEqualTo(settingsOf(before, "smtp-edge"));
    assertThat(settingsOf(Chart.render(Chart.TRIAL), "queue-service"))
        .isEqualTo(settingsOf(before, "queue-service"));
  }

  @Test
  void theNotesTellWhatIsNotForMailThatMatters() {
    assertThat(Chart.notes(copy, Chart.TRIAL, ""))
        .contains("FOR A TRIAL: the broker and the database", "smtpEdge.tls.secret is not set")
        .doesNotContain("nodes in place of clients", "networkPolicy.enabled is false");
    assertThat(
            Chart.notes(
                copy,
                Chart.PRODUCTION,
                "smtpEdge: {relayFrom: [], service: {externalTrafficPolicy: Cluster}}\n"
                    + "networkPolicy: {enabled: false}"))
        .contains("nodes in place of clients", "networkPolicy.enabled is false")
        .doesNotContain("FOR A TRIAL", "smtpEdge.tls.secret is not set");
  }

  private static Object settingsOf(Release release, String service) {
    return map(at(release.workloads().get(service), "spec.template.metadata.annotations"))
        .get("gatepost.io/settings");
  }
}
