package io.gatepost.deploy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// The documents that a rendering of the chart consists of, in the order of their files.
///
/// @param documents each an object of Kubernetes, as maps, lists and scalars
record Release(List<Map<String, Object>> documents) {

  /// The six services of the suite, by the names of their workloads.
  static final List<String> SERVICES =
      List.of(
          "smtp-edge",
          "routing-service",
          "verification-service",
          "scanner-gateway",
          "queue-service",
          "delivery-service");

  /// Reads YAML with several documents; keys that stand twice are refused.
  static Release of(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    List<Map<String, Object>> documents = new ArrayList<>();
    for (Object document : new Yaml(new SafeConstructor(options)).loadAll(text)) {
      if (document != null) {
        documents.add(map(document));
      }
    }
    return new Release(documents);
  }

  /// Those of a kind.
  List<Map<String, Object>> all(String kind) {
    return documents.stream().filter(document -> kind.equals(document.get("kind"))).toList();
  }

  /// The one of a kind and a name; throws [AssertionError] where there is none.
  Map<String, Object> one(String kind, String name) {
    return all(kind).stream()
        .filter(document -> name.equals(at(document, "metadata.name")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
  }

  /// The workloads by name, with the scanners and servers that the chart runs.
  Map<String, Map<String, Object>> workloads() {
    Map<String, Map<String, Object>> workloads = new LinkedHashMap<>();
    Stream.of("Deployment", "StatefulSet")
        .flatMap(kind -> all(kind).stream())
        .forEach(workload -> workloads.put(string(workload, "metadata.name"), workload));
    return workloads;
  }

  /// The specification of a workload's pods.
  Map<String, Object> pod(String workload) {
    return map(at(Objects.requireNonNull(workloads().get(workload)), "spec.template.spec"));
  }

  /// The only container of a workload's pods.
  Map<String, Object> container(String workload) {
    return maps(pod(workload).get("containers")).getFirst();
  }

  /// A service's settings file, as text.
  String settings(String service) {
    return string(one("ConfigMap", "gatepost-settings"), "data", service + ".yaml");
  }

  /// The secret settings that a pod is given, by key: which key of which secret each comes from,
  /// such as `gatepost-tokens/edge`.
  Map<String, String> secrets(String workload) {
    Map<String, String> secrets = new LinkedHashMap<>();
    maps(pod(workload).get("volumes")).stream()
        .filter(volume -> "secrets".equals(volume.get("name")))
        .flatMap(volume -> maps(at(volume, "projected.sources")).stream())
        .map(source -> map(source.get("secret")))
        .forEach(secret ->
            maps(secret.get("items"))
                .forEach(item ->
                    secrets.put(
                        String.valueOf(item.get("path")),
                        secret.get("name") + "/" + item.get("key"))));
    return secrets;
  }

  /// Returns the value at a dotted path; throws [AssertionError] where there is none.
  static Object at(Map<String, Object> object, String path) {
    return at(object, path.split("\\."));
  }

  private static Object at(Map<String, Object> object, String... keys) {
    Object place = object;
    for (String key : keys) {
      Object next = place instanceof Map<?, ?> map ? map.get(key) : null;
      if (next == null) {
        throw new AssertionError("no " + String.join(".", keys) + " in " + object);
      }
      place = next;
    }
    return place;
  }

  static String string(Map<String, Object> object, String path) {
    return String.valueOf(at(object, path));
  }

  private static String string(Map<String, Object> object, String... keys) {
    return String.valueOf(at(object, keys));
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  /// A list of objects; null is none.
  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> maps(@Nullable Object value) {
    return value == null ? List.of() : (List<Map<String, Object>>) value;
  }

  /// Short, as it stands in the names of tests.
  @Override
  public String toString() {
    return documents.size() + " documents";
  }

  /// A list of strings; null is none.
  @SuppressWarnings("unchecked")
  static List<String> strings(@Nullable Object value) {
    return value == null ? List.of() : (List<String>) value;
  }
}
