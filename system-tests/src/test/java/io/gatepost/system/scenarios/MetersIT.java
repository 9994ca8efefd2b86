package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.system.Estate;
import io.gatepost.system.monitoring.Exposition;
import io.gatepost.system.monitoring.MonitoringFiles;
import io.gatepost.testkit.product.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Meters of a suite that has done nothing yet.
class MetersIT {

  private static final Pattern SAMPLE = Pattern.compile("(?m)^(gatepost_\\w+)[{ ]");
  private static final Pattern HELP = Pattern.compile("(?m)^# HELP (gatepost_\\w+) (\\S.*)$");
  private static final Pattern NAMED = Pattern.compile("\\bgatepost_[a-z_]+[a-z]\\b");

  /// The suffix of a family of samples.
  private static final Pattern PART = Pattern.compile("_(count|sum|bucket)$");

  private static Estate estate;
  private static String metrics;

  /// Sources that are not set have no meters.
  @BeforeAll
  static void start(@TempDir Path scripts) {
    estate =
        Estate.start(
            "meters",
            Mode.ALL_IN_ONE,
            Map.of(
                "management.metrics.distribution.percentiles-histogram.gatepost", "true",
                "gatepost.edge.sender-domain", "mark",
                "gatepost.edge.dns-lists[0].zone", "list.test",
                "gatepost.routing.sieve-directory", scripts.toString(),
                "gatepost.routing.sql.enabled", "true",
                "gatepost.routing.ldap.urls", "ldap://127.0.0.1:1",
                "gatepost.routing.ldap.base", "dc=directory,dc=test",
                "gatepost.routing.ldap.domains", "directory.test"));
    metrics = estate.gatepost().http("/actuator/prometheus");
  }

  @AfterAll
  static void stop() {
    estate.close();
  }

  @Test
  void everyMeterSaysWhatItCounts() {
    Set<String> described = names(HELP, metrics);

    assertThat(described).isNotEmpty().containsAll(families());
  }

  @Test
  void everyMeterOfTheDocumentsIsThereBeforeItIsUsed() throws IOException {
    Set<String> named = new TreeSet<>();
    try (Stream<Path> documents = Files.list(Path.of("..", "docs"))) {
      for (Path document : documents.filter(file -> file.toString().endsWith(".md")).toList()) {
        named.addAll(names(NAMED, Files.readString(document)));
      }
    }

    assertThat(named).isNotEmpty();
    assertThat(families()).containsAll(named);
  }

  @Test
  void everyMeterHasAValueFromTheStart() {
    assertThat(metrics).doesNotContainPattern("(?m)^gatepost_.* NaN$");
  }

  @Test
  void alertsAskForMetersThatThereAre() {
    assertThat(MonitoringFiles.alerts()).hasSizeGreaterThan(20);
    assertThat(misfits(MonitoringFiles.alerts())).isEmpty();
  }

  @Test
  void dashboardsAskForMetersThatThereAre() {
    assertThat(MonitoringFiles.panels()).hasSizeGreaterThan(100);
    assertThat(misfits(MonitoringFiles.panels())).isEmpty();
  }

  @Test
  void timersHaveHistogramsWhereTheSettingsSaySo() {
    assertThat(metrics)
        .contains(
            "gatepost_edge_decision_time_seconds_bucket{",
            "gatepost_delivery_attempt_time_seconds_bucket{");
  }

  @Test
  void theDiskThatIsWatchedIsTheDataDirectorys() {
    assertThat(estate.gatepost().http("/actuator/health"))
        .contains("\"path\":\"" + estate.gatepost().data().toAbsolutePath());
  }

  @Test
  void theVersionIsTold() {
    assertThat(estate.gatepost().http("/actuator/info"))
        .containsPattern("\"build\":\\{[^}]*\"version\":\"\\d");
  }

  /// Returns the queries without a result, and labels in the texts beside them that their results
  /// lack.
  private static List<String> misfits(List<MonitoringFiles.Shown> all) {
    Exposition meters = new Exposition(metrics);
    return all.stream()
        .flatMap(shown ->
            Stream.concat(
                shown.query().complaints(meters).stream(),
                shown.labels().stream()
                    .filter(label -> !shown.query().has(meters, label))
                    .filter(label -> !shown.query().text().contains("\"" + label + "\""))
                    .map(label -> shown.query().where() + " shows " + label)))
        .toList();
  }

  private static Set<String> families() {
    return names(SAMPLE, metrics).stream()
        .map(name -> PART.matcher(name).replaceFirst(""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> names(Pattern pattern, String text) {
    List<MatchResult> found = pattern.matcher(text).results().toList();
    return found.stream()
        .map(match -> match.groupCount() == 0 ? match.group() : match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
