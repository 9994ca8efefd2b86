package io.gatepost.allinone.start;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.contract.setting.SettingUnavailableException;
import java.lang.reflect.RecordComponent;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataNotFoundException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.util.unit.DataSize;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/// Finds in a failed start the setting that is at fault, and says it in one line: key, value, and
/// what is expected.
public final class SettingsFailure {

  private SettingsFailure() {}

  /// The line, or nothing where no setting is at fault.
  public static Optional<CommandFailure> of(Throwable failure) {
    // The innermost cause that speaks knows most, except that a SettingException always wins.
    return causes(failure)
        .filter(cause -> cause instanceof CommandFailure || cause instanceof SettingException)
        .findFirst()
        .or(() ->
            causes(failure)
                .filter(cause -> line(cause) != null)
                .reduce((outer, inner) -> outer instanceof PortInUseException ? outer : inner))
        .map(SettingsFailure::asCommandFailure);
  }

  private static CommandFailure asCommandFailure(Throwable cause) {
    return cause instanceof CommandFailure already
        ? already
        : new CommandFailure(exitCode(cause), String.valueOf(line(cause)));
  }

  /// Returns the status by which a supervisor tries again where the failure may mend by itself; a
  /// wrong setting does not.
  private static ExitCode exitCode(Throwable cause) {
    return switch (cause) {
      case SettingUnavailableException _, PortInUseException _, BindException _ ->
          ExitCode.UNAVAILABLE;
      default -> ExitCode.CONFIG;
    };
  }

  private static @Nullable String line(Throwable cause) {
    return switch (cause) {
      case SettingException setting -> setting.getMessage();
      case org.springframework.boot.context.properties.bind.BindException bind
          when bind.getCause() instanceof UnboundConfigurationPropertiesException unbound ->
          unknownKey(unbound, bind);
      case org.springframework.boot.context.properties.bind.BindException bind -> unbindable(bind);
      case PortInUseException port -> portInUse("gatepost.http.port", port.getPort());
      case BindException bind -> "a port to listen on is not free: " + bind.getMessage();
      case MarkedYAMLException yaml -> brokenYaml(yaml);
      case YAMLException yaml -> yaml.getMessage() + " (expected: YAML)";
      case ConfigDataNotFoundException missing -> missing.getReferenceDescription() + " is missing";
      default -> null;
    };
  }

  private static String setting(String key, @Nullable Object value, String expected) {
    return new SettingException(key, Secrecy.shown(key, String.valueOf(value)), expected)
            .getMessage()
        + "";
  }

  private static String portInUse(String key, int port) {
    return setting(key, port, "a port that nothing listens on");
  }

  private static @Nullable String unknownKey(
      UnboundConfigurationPropertiesException unbound,
      org.springframework.boot.context.properties.bind.BindException bind) {
    return unbound.getUnboundProperties().stream()
        .findFirst()
        .map(property -> {
          ConfigurationPropertyName key = property.getName();
          Class<?> group = bind.getTarget().getType().resolve(Object.class);
          int at = bind.getName().getNumberOfElements();
          return setting(key.toString(), property.getValue(), knownBeside(key, at, group));
        })
        .orElse(null);
  }

  /// Returns keys that may be meant by an unknown one.
  ///
  /// @param at which of the key's elements is the group's
  private static String knownBeside(ConfigurationPropertyName key, int at, Class<?> group) {
    if (!group.isRecord()) {
      return "a key that exists";
    }
    RecordComponent[] components = group.getRecordComponents();
    if (at < key.getNumberOfElements() - 1) {
      String element = key.getElement(at, ConfigurationPropertyName.Form.UNIFORM);
      for (RecordComponent component : components) {
        if (element.equals(component.getName().toLowerCase(Locale.ROOT))) {
          return knownBeside(key, at + 1, component.getType());
        }
      }
    }
    return Arrays.stream(components)
        .map(component -> DataObjectPropertyName.toDashedForm(component.getName()))
        .collect(Collectors.joining(", ", "one of ", ""));
  }

  private static String unbindable(
      org.springframework.boot.context.properties.bind.BindException bind) {
    ConfigurationProperty property = bind.getProperty();
    String key = property == null ? bind.getName().toString() : property.getName().toString();
    Class<?> wanted = bind.getTarget().getType().resolve(Object.class);
    Object value = property == null ? "" : property.getValue();
    for (Throwable cause = bind; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConversionFailedException conversion) {
        wanted = conversion.getTargetType().getType();
        value = conversion.getValue();
      }
    }
    return setting(key, value, form(wanted));
  }

  /// Returns the form of a value of a type.
  private static String form(Class<?> type) {
    if (type == Duration.class) {
      return "a duration such as 30s, 5m or PT1H";
    }
    if (type == DataSize.class) {
      return "a size such as 64KB or 50MB";
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == URI.class) {
      return "a URI such as http://127.0.0.1:8081";
    }
    if (type == Path.class) {
      return "a path";
    }
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
          .collect(Collectors.joining(" or "));
    }
    return type.isRecord()
        ? "a group of keys"
        : "a value of type " + type.getSimpleName().toLowerCase(Locale.ROOT);
  }

  private static String brokenYaml(MarkedYAMLException yaml) {
    Mark mark = yaml.getProblemMark();
    String problem = yaml.getProblem() == null ? "not YAML" : yaml.getProblem();
    return mark == null
        ? problem + " (expected: YAML)"
        : "line %d, column %d: %s (expected: YAML)"
            .formatted(mark.getLine() + 1, mark.getColumn() + 1, problem);
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
  }
}
