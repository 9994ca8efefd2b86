package io.gatepost.system.monitoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The alert rules and dashboards of the Helm chart.
public final class MonitoringFiles {

  private static final Path CHART = Path.of("..", "deploy", "helm", "gatepost");

  /// A dashboard's variable, which matches everything.
  private static final Pattern VARIABLE = Pattern.compile("\\$(?!__)\\w+");

  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");

  /// A label in the text of an alert, or in the legend of a panel.
  private static final Pattern NAMED_LABEL = Pattern.compile("\\{\\{ ?(?:\\$labels\\.)?(\\w+) ?}}");

  private MonitoringFiles() {}

  /// A query, and the text that is shown with its result.
  ///
  /// @param labels those that the text names
  public record Shown(Query query, List<String> labels) {}

  /// Files with alert rules.
  public static List<Path> rules() {
    return files("rules", ".yaml");
  }

  /// Files of Grafana.
  public static List<Path> dashboards() {
    return files("dashboards", ".json");
  }

  /// The expressions of all rules.
  public static List<Shown> alerts() {
    List<Shown> alerts = new ArrayList<>();
    for (Path file : rules()) {
      Map<String, List<Map<String, List<Map<String, Object>>>>> content =
          new Yaml().load(read(file));
      content.getOrDefault("groups", List.of()).stream()
          .flatMap(group -> group.getOrDefault("rules", List.of()).stream())
          .forEach(rule ->
              alerts.add(
                  new Shown(
                      new Query(
                          file.getFileName() + " " + rule.get("alert"),
                          String.valueOf(rule.get("expr"))),
                      labels(String.valueOf(rule.get("annotations"))))));
    }
    return alerts;
  }

  /// The expressions of all panels, and of the variables.
  public static List<Shown> panels() {
    List<Shown> panels = new ArrayList<>();
    for (Path file : dashboards()) {
      JsonNode dashboard = JsonMapper.shared().readTree(read(file));
      for (JsonNode panel : dashboard.get("panels")) {
        for (JsonNode target : panel.path("targets")) {
          panels.add(
              new Shown(
                  new Query(
                      file.getFileName() + " " + panel.get("title").asString(),
                      VARIABLE.matcher(target.get("expr").asString()).replaceAll(".*")),
                  labels(target.get("legendFormat").asString())));
        }
      }
      for (JsonNode variable : dashboard.get("templating").get("list")) {
        LABEL_VALUES
            .matcher(variable.path("definition").asString(""))
            .results()
            .forEach(found ->
                panels.add(
                    new Shown(
                        new Query(file.getFileName() + " variable", found.group(1)),
                        List.of(found.group(2)))));
      }
    }
    return panels;
  }

  private static List<String> labels(String text) {
    List<MatchResult> found = NAMED_LABEL.matcher(text).results().toList();
    return found.stream().map(label -> label.group(1)).toList();
  }

  private static List<Path> files(String directory, String ending) {
    try (Stream<Path> files = Files.list(CHART.resolve(directory))) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
