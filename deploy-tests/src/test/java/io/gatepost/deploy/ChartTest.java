package io.gatepost.deploy;

import static io.gatepost.deploy.Release.at;
import static io.gatepost.deploy.Release.map;
import static io.gatepost.deploy.Release.maps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.LintResult;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/// The chart has the form of one, and what it renders is what Kubernetes knows, field by field.
class ChartTest {

  private static final String EVERYTHING =
      """
      smtpEdge:
        proxyFrom: [192.0.2.10/32]
        service: {type: NodePort, annotations: {a: b}}
        ports: {mx: {nodePort: 30025}}
        tolerations: [{key: mail, operator: Exists}]
        affinity:
          nodeAffinity:
            requiredDuringSchedulingIgnoredDuringExecution:
              nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a]}]}]
      image: {pullSecrets: [registry]}
      tables: {aliases: "sales: alice"}
      mounts: [{name: users, secret: users, path: /etc/gatepost/users}]
      secretSettings: [{setting: gatepost.routing.ldap.password, secret: ldap, key: p}]
      ipFamilyPolicy: PreferDualStack
      scannerGateway: {autoscaling: {enabled: true, waitingScans: 3}}
      networkPolicy: {smtpTo: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}
      """;

  static List<Release> releases() {
    return List.of(
        Chart.render(Chart.TRIAL),
        Chart.render(Chart.PRODUCTION, "monitoring: {serviceMonitor: {enabled: false}}"),
        Chart.render(Chart.TRIAL, EVERYTHING));
  }

  @Test
  void itHasTheFormOfAChart() {
    LintResult lint = Chart.lint();

    assertThat(lint.isFailed()).as("%s", lint.getMessages()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("releases")
  void kubernetesKnowsEveryField(Release release) {
    assertThat(release.documents())
        .hasSizeGreaterThan(20)
        .allSatisfy(document -> assertThat(ApiModels.complaint(document)).isEmpty());
  }

  /// The check that the others rest on.
  @Test
  void aMisspeltFieldIsFoundAtAnyDepthAndSoIsAValueOfAnotherType() {
    String service =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: x}
        spec: {ports: [{name: a, port: 25%s}]}
        """;

    assertThat(ApiModels.complaint(new Yaml().load(service.formatted("")))).isEmpty();
    assertThat(ApiModels.complaint(new Yaml().load(service.formatted(", targetport: 3"))))
        .hasValueSatisfying(complaint -> assertThat(complaint).contains("targetport"));
    assertThat(ApiModels.complaint(new Yaml().load(service.formatted("").replace("25", "'25'"))))
        .isPresent();
    assertThat(ApiModels.complaint(new Yaml().load(service.formatted(", protocol: ")))).isPresent();
  }

  @ParameterizedTest
  @MethodSource("releases")
  void noTwoObjectsHaveTheSameName(Release release) {
    Set<String> names = new HashSet<>();

    assertThat(release.documents())
        .allSatisfy(document ->
            assertThat(names.add(document.get("kind") + " " + at(document, "metadata.name")))
                .isTrue());
  }

  @ParameterizedTest
  @MethodSource("releases")
  void eachServiceIsAWorkloadAndHasTheModulesName(Release release) {
    assertThat(release.workloads()).containsKeys(Release.SERVICES.toArray(String[]::new));
    assertThat(release.all("StatefulSet"))
        .extracting(set -> at(set, "metadata.name"))
        .contains("queue-service", "delivery-service");
    for (String service : Release.SERVICES) {
      assertThat(Chart.HOME.resolve(service)).isDirectory();
      release.one("Service", service);
    }
  }

  /// Balancing is the callers' part: they need the addresses.
  @ParameterizedTest
  @MethodSource("releases")
  void theNamesOfServicesLeadToAllOfTheirPods(Release release) {
    for (String service : Release.SERVICES) {
      String name = service.equals("smtp-edge") ? "smtp-edge-http" : service;
      Map<String, Object> spec = map(release.one("Service", name).get("spec"));

      assertThat(spec).containsEntry("clusterIP", "None");
      assertThat(release.container(service).get("ports").toString())
          .contains("containerPort=" + maps(spec.get("ports")).getFirst().get("port"));
    }
  }

  /// An object that selects pods selects those of one workload.
  @ParameterizedTest
  @MethodSource("releases")
  void everySelectorFindsPods(Release release) {
    for (String kind : List.of("Service", "NetworkPolicy", "PodDisruptionBudget")) {
      for (Map<String, Object> document : release.all(kind)) {
        Map<String, Object> spec = map(document.get("spec"));
        Map<String, Object> labels =
            switch (kind) {
              case "Service" -> map(spec.get("selector"));
              case "NetworkPolicy" -> map(at(spec, "podSelector.matchLabels"));
              default -> map(at(spec, "selector.matchLabels"));
            };
        assertThat(release.workloads().values())
            .as("%s", document)
            .anySatisfy(workload ->
                assertThat(map(at(workload, "spec.template.metadata.labels")))
                    .containsAllEntriesOf(labels));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("releases")
  void everyVolumeThatIsMountedIsThere(Release release) {
    for (String workload : release.workloads().keySet()) {
      Set<Object> volumes = new HashSet<>();
      maps(release.pod(workload).get("volumes")).forEach(volume -> volumes.add(volume.get("name")));
      maps(map(at(release.workloads().get(workload), "spec")).get("volumeClaimTemplates"))
          .forEach(claim -> volumes.add(at(claim, "metadata.name")));

      assertThat(maps(release.container(workload).get("volumeMounts")))
          .extracting(mount -> mount.get("name"))
          .containsAll(volumes)
          .isSubsetOf(volumes);
    }
  }

  /// Labels of versions and the like may not stand in what cannot be changed later.
  @ParameterizedTest
  @MethodSource("releases")
  void selectorsStayTheSameInTheNextVersion(Release release) {
    assertThat(release.workloads().values())
        .allSatisfy(workload ->
            assertThat(map(at(workload, "spec.selector.matchLabels")))
                .containsOnlyKeys("app.kubernetes.io/name", "app.kubernetes.io/instance"));
  }

  /// The kinds of the Prometheus Operator have no model here.
  @Test
  void theServiceMonitorAsksEachServicesActuator() {
    Map<String, Object> monitor = Chart.render(Chart.PRODUCTION).one("ServiceMonitor", "gatepost");

    Map<String, Object> spec = map(monitor.get("spec"));
    assertThat(spec).containsOnlyKeys("jobLabel", "selector", "endpoints");
    assertThat(maps(spec.get("endpoints")))
        .containsExactly(Map.of("port", "http", "path", "/actuator/prometheus", "interval", "30s"));
    assertThat(
            Chart.render(Chart.PRODUCTION).all("Service").stream()
                .filter(service ->
                    map(at(service, "metadata.labels"))
                        .entrySet()
                        .containsAll(map(at(spec, "selector.matchLabels")).entrySet())))
        .hasSize(Release.SERVICES.size());
  }

  @Test
  void dashboardsAndRulesAreThoseOfTheChart(@TempDir Path copy) {
    Release release =
        Chart.renderWith(
            copy,
            Map.of(
                "dashboards/Queue.json",
                "{\"title\": \"Queue: {{instance}}\"}\n",
                "rules/queue.yaml",
                "# Alerts.\ngroups:\n- name: queue\n  rules:\n  - alert: Full\n    expr: up == 0\n"
                    + "    annotations: {summary: '{{ $labels.pod }}'}\n"),
            Chart.TRIAL,
            "monitoring: {dashboards: {enabled: true}, rules: {enabled: true, labels: {a: b}}}");

    Map<String, Object> dashboard = release.one("ConfigMap", "gatepost-dashboard-queue");
    assertThat(ApiModels.complaint(dashboard)).isEmpty();
    assertThat(dashboard.get("data"))
        .isEqualTo(Map.of("Queue.json", "{\"title\": \"Queue: {{instance}}\"}\n"));
    assertThat(map(at(dashboard, "metadata.labels"))).containsEntry("grafana_dashboard", "1");
    Map<String, Object> rules = release.one("PrometheusRule", "gatepost-queue");
    assertThat(map(at(rules, "metadata.labels"))).containsEntry("a", "b");
    assertThat(map(rules.get("spec"))).containsOnlyKeys("groups");
    assertThat(rules.toString()).contains("summary={{ $labels.pod }}");
  }

  @Test
  void itsOwnDashboardsAndRulesAreTaken() {
    Release release =
        Chart.render(
            Chart.TRIAL, "monitoring: {dashboards: {enabled: true}, rules: {enabled: true}}");

    assertThat(release.one("ConfigMap", "gatepost-dashboard-overview").get("data").toString())
        .contains("gatepost_edge_messages_total");
    for (String name : List.of("edge", "queue", "suite")) {
      Map<String, Object> rules = release.one("PrometheusRule", "gatepost-" + name);
      assertThat(map(rules.get("spec"))).containsOnlyKeys("groups");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dashboards", "rules"})
  void withoutThemItSaysSo(String what, @TempDir Path copy) {
    assertThatThrownBy(() ->
            Chart.renderWithout(
                copy, what, Chart.TRIAL, "monitoring: {" + what + ": {enabled: true}}"))
        .hasMessageContaining(
            "monitoring." + what + ".enabled = true (expected: false, as the chart has no " + what);
  }
}
