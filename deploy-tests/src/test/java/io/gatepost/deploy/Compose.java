package io.gatepost.deploy;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// A file of Docker Compose, with its merges of YAML done and its variables as they are written.
///
/// @param content what stands in it
record Compose(Map<String, Object> content) {

  /// The files that go over `docker-compose.yml`, with containers of their own.
  static final String BROKERS = "deploy/compose/three-brokers.yml";

  static final String BALANCER = "deploy/compose/haproxy.yml";

  /// Reads a file of the project; a key that stands twice is refused.
  ///
  /// @param path from the project's directory
  static Compose read(String path) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    try (Reader file = Files.newBufferedReader(Chart.HOME.resolve(path))) {
      return new Compose(Release.map((Object) new Yaml(new SafeConstructor(options)).load(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The containers, by their names.
  Map<String, Map<String, Object>> containers() {
    Map<String, Map<String, Object>> containers = new LinkedHashMap<>();
    Release.map(Objects.requireNonNull(content.get("services")))
        .forEach((name, container) -> containers.put(name, Release.map(container)));
    return containers;
  }

  Map<String, Object> container(String name) {
    return Objects.requireNonNull(containers().get(name), name);
  }

  /// Who is on which network, by the networks' names.
  Map<String, TreeSet<String>> members() {
    Map<String, TreeSet<String>> members = new TreeMap<>();
    containers()
        .forEach((name, container) ->
            Release.strings(container.get("networks"))
                .forEach(
                    network -> members.computeIfAbsent(network, _ -> new TreeSet<>()).add(name)));
    return members;
  }

  /// Whether a network has no way to the world.
  boolean isInternal(String network) {
    return Release.at(content, "networks." + network) instanceof Map<?, ?> settings
        && Boolean.TRUE.equals(settings.get("internal"));
  }

  /// The secrets that a container is given: the file that each is, below `/run/secrets` or by its
  /// whole path, and which secret it comes from.
  Map<String, String> secrets(String name) {
    Map<String, String> secrets = new TreeMap<>();
    if (container(name).get("secrets") instanceof Iterable<?> given) {
      for (Object secret : given) {
        if (secret instanceof Map<?, ?> named) {
          secrets.put(String.valueOf(named.get("target")), String.valueOf(named.get("source")));
        } else {
          secrets.put(String.valueOf(secret), String.valueOf(secret));
        }
      }
    }
    return secrets;
  }

  /// Its variables of the environment.
  Map<String, String> environment(String name) {
    return container(name).get("environment") instanceof Map<?, ?> variables
        ? variables.entrySet().stream()
            .collect(
                Collectors.toMap(
                    variable -> String.valueOf(variable.getKey()),
                    variable -> String.valueOf(variable.getValue())))
        : Map.of();
  }
}
