package io.gatepost.allinone.start;

import io.gatepost.contract.setting.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;

/// What has to be known of the settings before anything is started: that the file can be read and
/// names only groups that exist, where the data is, and the HTTP port.
///
/// @param file the settings file; absent where none is given and the data directory has none
/// @param data the data directory, as it was written
/// @param http settings of the HTTP side
public record Settings(Optional<Path> file, Path data, HttpProperties http) {

  private static final String ROOT = "gatepost";
  private static final String DEFAULT_DATA = "./data";

  /// The groups of settings: one per service, and what they share.
  private static final TreeSet<String> GROUPS =
      new TreeSet<>(
          List.of(
              "data-dir",
              "delivery",
              "dns",
              "edge",
              "http",
              "queue",
              "routing",
              "rpc",
              "scanner",
              "verification"));

  /// Reads them.
  ///
  /// @param config the file that was asked for; otherwise `gatepost.yaml` in the data directory
  /// @param data the data directory that was asked for; otherwise what the file says, or `./data`
  public static Settings read(Optional<Path> config, Optional<Path> data) {
    Optional<Path> file = locate(config, data.orElse(Path.of(DEFAULT_DATA)));
    StandardEnvironment environment = new StandardEnvironment();
    file.ifPresent(path -> load(path).forEach(environment.getPropertySources()::addLast));
    try {
      Binder binder = Binder.get(environment);
      Path directory =
          data.orElseGet(() -> Path.of(binder.bind("gatepost.data-dir", String.class).orElse("")));
      HttpProperties http =
          binder.bindOrCreate(
              "gatepost.http",
              Bindable.of(HttpProperties.class),
              new NoUnboundElementsBindHandler(
                  BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
      return new Settings(
          file, directory.toString().isEmpty() ? Path.of(DEFAULT_DATA) : directory, http);
    } catch (RuntimeException e) {
      throw SettingsFailure.of(e).orElseThrow(() -> e);
    }
  }

  private static Optional<Path> locate(Optional<Path> config, Path data) {
    if (config.isEmpty()) {
      return Optional.of(data.resolve("gatepost.yaml")).filter(Files::exists);
    }
    Path file = config.get();
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new StartFailure(
          ExitCode.CONFIG, "--config = \"" + file + "\" (expected: a file that can be read)");
    }
    return config;
  }

  private static List<PropertySource<?>> load(Path file) {
    try {
      List<PropertySource<?>> sources =
          new YamlPropertySourceLoader().load(file.toString(), new FileSystemResource(file));
      sources.forEach(Settings::checkGroups);
      return sources;
    } catch (IOException | RuntimeException e) {
      throw SettingsFailure.of(e)
          .map(failure -> new StartFailure(failure.exitCode(), inFile(file, failure.line())))
          .orElseGet(() -> new StartFailure(ExitCode.CONFIG, file + ": " + e.getMessage()));
    }
  }

  private static String inFile(Path file, String line) {
    return line.startsWith(ROOT) ? line : file + ": " + line;
  }

  private static void checkGroups(PropertySource<?> source) {
    if (!(source instanceof EnumerablePropertySource<?> enumerable)) {
      return;
    }
    for (String key : enumerable.getPropertyNames()) {
      ConfigurationPropertyName name = ConfigurationPropertyName.adapt(key, '.');
      boolean ours =
          name.getNumberOfElements() > 0
              && name.getElement(0, ConfigurationPropertyName.Form.UNIFORM).equals(ROOT);
      if (ours && !isKnown(name)) {
        throw new SettingException(
            key,
            String.valueOf(enumerable.getProperty(key)),
            "a key that exists; below gatepost stand " + String.join(", ", GROUPS));
      }
    }
  }

  private static boolean isKnown(ConfigurationPropertyName name) {
    if (name.getNumberOfElements() < 2) {
      return false;
    }
    String group = name.getElement(1, ConfigurationPropertyName.Form.UNIFORM);
    return GROUPS.stream().anyMatch(known -> known.replace("-", "").equals(group));
  }
}
