package io.gatepost.deploy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/// The chart, and values to render it with: a file of its examples, with others over it.
final class Chart {

  static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  static final Path DIRECTORY = HOME.resolve("deploy/helm/gatepost");

  /// A broker and a database of the chart, and both scanners.
  static final String TRIAL = "trial.yaml";

  /// Both from outside, TLS, submission and autoscaling.
  static final String PRODUCTION = "production.yaml";

  private Chart() {}

  /// Renders an example. Throws [IllegalStateException] with Helm's message where it cannot.
  ///
  /// @param values YAML that goes before the example's
  static Release render(String example, String values) {
    return render(DIRECTORY, List.of(DIRECTORY.resolve("examples").resolve(example)), values);
  }

  static Release render(String example) {
    return render(example, "");
  }

  /// Renders an example with its hooks, which are what is made once, at the installation. Helm as a
  /// library leaves them out, so it is given a copy of the chart in which they are none.
  static Release renderWithHooks(Path copy, String example) {
    return render(
        copied(copy, "(?m)^  annotations: \\{helm\\.sh/hook: pre-install}\\n"),
        List.of(copy.resolve("examples").resolve(example)),
        "");
  }

  /// Renders an example, with values over it, by a copy of the chart that has more files.
  ///
  /// @param files their contents, by their names in the chart
  static Release renderWith(Path copy, Map<String, String> files, String example, String values) {
    try {
      copied(copy, "(?m)^keywords:.*\n");
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path to = copy.resolve(file.getKey());
        Files.createDirectories(to.getParent());
        Files.writeString(to, file.getValue());
      }
      return render(copy, List.of(copy.resolve("examples").resolve(example)), values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Renders an example, with values over it, by a copy of the chart that lacks a directory.
  static Release renderWithout(Path copy, String directory, String example, String values) {
    copied(copy, "(?m)^keywords:.*\n");
    try (Stream<Path> files = Files.list(copy.resolve(directory))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return render(copy, List.of(copy.resolve("examples").resolve(example)), values);
  }

  /// The notes that an operator sees after the installation. The library installs for the oldest
  /// Kubernetes that it knows, so the copy asks for none.
  static String notes(Path copy, String example, String values) {
    try {
      Path file = Files.writeString(copy.resolve("own-values.yaml"), values);
      return new Helm(copied(copy, "(?m)^kubeVersion:.*\\n"))
          .install()
          .withName("gatepost")
          .withNamespace("mail")
          .clientOnly()
          .dryRun()
          .withValuesFile(copy.resolve("examples").resolve(example))
          .withValuesFile(file)
          .call()
          .getOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The chart without the text that a pattern matches, which must be somewhere in it.
  private static Path copied(Path copy, String without) {
    Pattern pattern = Pattern.compile(without);
    boolean found = false;
    try (Stream<Path> files = Files.walk(DIRECTORY)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = copy.resolve(DIRECTORY.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Matcher matcher = pattern.matcher(Files.readString(file));
        found |= matcher.find();
        Files.writeString(to, matcher.replaceAll(""));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!found) {
      throw new IllegalStateException("nothing in the chart matches " + without);
    }
    return copy;
  }

  /// Renders the chart with nothing but these values.
  static Release renderAlone(String values) {
    return render(DIRECTORY, List.of(), values);
  }

  private static Release render(Path chart, List<Path> files, String values) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        TemplateCommand command =
            new Helm(chart)
                .template()
                .withName("gatepost")
                .withNamespace("mail")
                .withKubeVersion("1.31.0");
        files.forEach(command::withValuesFile);
        String text = command.withValuesFile(Files.writeString(file, values)).call();
        if (text == null) {
          throw new IllegalStateException("Helm rendered nothing and did not say why");
        }
        return Release.of(text);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Checks its form, with the values that it has by default.
  static LintResult lint() {
    return new Helm(DIRECTORY).lint().strict().call();
  }

  /// The values that it has by default.
  static Map<String, Object> defaults() {
    try {
      return new Yaml().load(Files.readString(DIRECTORY.resolve("values.yaml")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
