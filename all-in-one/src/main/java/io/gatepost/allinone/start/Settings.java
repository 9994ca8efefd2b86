package io.gatepost.allinone.start;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.rpc.process.HttpProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;

/// Check of the settings before anything is started: that the file can be read and names only
/// groups that exist, where the data is, and what the services will be told.
///
/// @param file the settings file; absent where none is given and the data directory has none
/// @param data the data directory, as it was written
/// @param http settings of the HTTP side
/// @param services what the services will be told, by the type of the record; and what Spring is
///   told of their end
public record Settings(
    Optional<Path> file, Path data, HttpProperties http, Map<Class<?>, Object> services) {

  private static final String DATA_DIR = "data-dir";
  private static final String ROOT = "gatepost";
  private static final String DEFAULT_DATA = "./data";

  private static final String LOG_FORMAT = "logging.structured.format.console";
  private static final List<String> LOG_FORMATS = List.of("ecs", "gelf", "logstash");

  /// Spring's keys that would have no effect, as log lines go to standard error only.
  private static final List<String> LOG_FILE_KEYS =
      List.of(
          "logging.file.name",
          "logging.file.path",
          "logging.pattern.file",
          "logging.threshold.file",
          "logging.structured.format.file");

  /// The keys at the top: ours, and what Spring Boot and Resilience4j read themselves.
  private static final TreeSet<String> ROOTS =
      new TreeSet<>(List.of(ROOT, "logging", "management", "resilience4j", "server", "spring"));

  /// The groups of settings: one per service, and what they share.
  private static final TreeSet<String> GROUPS =
      new TreeSet<>(
          List.of(
              "database",
              "delivery",
              "dns",
              "edge",
              "http",
              "queue",
              "routing",
              "rpc",
              "scanner",
              "verification"));

  /// Reads them, and refuses what no service of an application would take, before anything runs.
  ///
  /// @param application imports the configuration of each service
  /// @param config the file that was asked for; otherwise `gatepost.yaml` in the data directory
  /// @param data the data directory that was asked for; otherwise what the file says, or `./data`
  /// @param overrides `key=value`, which win over the file
  public static Settings read(
      Class<?> application, Optional<Path> config, Optional<Path> data, List<String> overrides) {
    Optional<Path> file = locate(config, data.orElse(Path.of(DEFAULT_DATA)));
    StandardEnvironment environment = new StandardEnvironment();
    PropertySource<?> arguments = asArguments(overrides);
    checkArguments(arguments);
    environment.getPropertySources().addFirst(arguments);
    file.ifPresent(path -> load(path).forEach(environment.getPropertySources()::addLast));
    environment
        .getPropertySources()
        .addLast(new MapPropertySource("service", ServiceStart.SERVICE_DEFAULTS));
    Binder binder = Binder.get(environment);
    checkLogFormat(binder);
    checkLogFile(binder);
    BindHandler strict =
        new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter());
    Map<Class<?>, Object> services = new LinkedHashMap<>();
    records(application)
        .forEach(
            (prefix, type) -> services.put(type, bind(binder, prefix, Bindable.of(type), strict)));
    services.put(
        LifecycleProperties.class,
        bind(
            binder,
            "spring.lifecycle",
            Bindable.of(LifecycleProperties.class),
            BindHandler.DEFAULT));
    return new Settings(
        file,
        data.orElseGet(
            () -> Path.of(binder.bind("gatepost.data-dir", String.class).orElse(DEFAULT_DATA))),
        bind(binder, "gatepost.http", Bindable.of(HttpProperties.class), strict),
        services);
  }

  private static void checkArguments(PropertySource<?> arguments) {
    try {
      checkGroups(arguments);
    } catch (SettingException e) {
      throw SettingsFailure.of(e).orElseThrow(() -> e);
    }
  }

  /// Spring would end with a page of its logging's own complaints.
  private static void checkLogFormat(Binder binder) {
    String format = binder.bind(LOG_FORMAT, String.class).orElse("");
    boolean isClass = format.indexOf('.') > 0;
    if (!format.isEmpty() && !isClass && !LOG_FORMATS.contains(format.toLowerCase(Locale.ROOT))) {
      throw new CommandFailure(
          ExitCode.CONFIG,
          "%s = \"%s\" (expected: %s)"
              .formatted(LOG_FORMAT, format, String.join(", ", LOG_FORMATS)));
    }
  }

  private static void checkLogFile(Binder binder) {
    for (String key : LOG_FILE_KEYS) {
      String value = binder.bind(key, String.class).orElse("");
      if (!value.isEmpty()) {
        throw new CommandFailure(
            ExitCode.CONFIG,
            "%s = \"%s\" (expected: none, as log lines go to standard error only)"
                .formatted(key, value));
      }
    }
  }

  private static PropertySource<?> asArguments(List<String> overrides) {
    for (String override : overrides) {
      if (override.indexOf('=') <= 0) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "\"" + override + "\" (expected: KEY=VALUE, such as gatepost.http.port=0)");
      }
    }
    return new SimpleCommandLinePropertySource(
        overrides.stream().map(override -> "--" + override).toArray(String[]::new));
  }

  /// Returns the settings of a service, as its record.
  public <T> T of(Class<T> type) {
    Object bound = services.get(type);
    if (bound == null) {
      throw new IllegalArgumentException(type + " holds no settings of the application");
    }
    return type.cast(bound);
  }

  private static <T> T bind(Binder binder, String prefix, Bindable<T> type, BindHandler handler) {
    try {
      return binder.bindOrCreate(prefix, type, handler);
    } catch (RuntimeException e) {
      throw SettingsFailure.of(e).orElseThrow(() -> e);
    }
  }

  /// The records that hold the services' settings, by prefix: the application and each
  /// configuration name their own.
  private static Map<String, Class<?>> records(Class<?> application) {
    Map<String, Class<?>> records = new LinkedHashMap<>();
    for (Class<?> configuration : configurations(application)) {
      EnableConfigurationProperties enabled =
          configuration.getAnnotation(EnableConfigurationProperties.class);
      for (Class<?> type : enabled == null ? new Class<?>[0] : enabled.value()) {
        MergedAnnotations.from(type)
            .get(ConfigurationProperties.class)
            .getValue("prefix", String.class)
            .ifPresent(prefix -> records.put(prefix, type));
      }
    }
    return records;
  }

  private static List<Class<?>> configurations(Class<?> application) {
    List<Class<?>> all = new ArrayList<>(List.of(application));
    Import imports = application.getAnnotation(Import.class);
    all.addAll(imports == null ? List.of() : List.of(imports.value()));
    return all;
  }

  private static Optional<Path> locate(Optional<Path> config, Path data) {
    if (config.isEmpty()) {
      return Optional.of(data.resolve("gatepost.yaml")).filter(Files::exists);
    }
    Path file = config.get();
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new CommandFailure(
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
          .map(failure -> new CommandFailure(failure.exitCode(), inFile(file, failure.line())))
          .orElseGet(() -> new CommandFailure(ExitCode.CONFIG, file + ": " + e.getMessage()));
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
      String root =
          name.isEmpty() ? "" : name.getElement(0, ConfigurationPropertyName.Form.UNIFORM);
      String value = String.valueOf(enumerable.getProperty(key));
      if (!ROOTS.contains(root)) {
        throw new SettingException(
            key,
            Secrecy.shown(key, value),
            "a key that exists: at the top stand " + String.join(", ", ROOTS));
      }
      if (root.equals(ROOT) && !isKnown(name, value)) {
        throw new SettingException(
            key,
            Secrecy.shown(key, value),
            "a key that exists: below gatepost stand %s and the groups %s"
                .formatted(DATA_DIR, String.join(", ", GROUPS)));
      }
    }
  }

  private static boolean isKnown(ConfigurationPropertyName name, String value) {
    if (name.getNumberOfElements() < 2) {
      return value.isEmpty(); // `gatepost:` with nothing below it
    }
    String group = name.getElement(1, ConfigurationPropertyName.Form.UNIFORM);
    boolean isGroup = name.getNumberOfElements() > 2 || value.isEmpty();
    return group.equals(DATA_DIR.replace("-", ""))
        ? name.getNumberOfElements() == 2
        : isGroup && GROUPS.contains(group);
  }
}
