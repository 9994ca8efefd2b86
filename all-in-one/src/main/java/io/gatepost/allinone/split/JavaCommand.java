package io.gatepost.allinone.split;

import io.gatepost.allinone.start.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The command line of a child: this JVM's `java` and class path, with a small heap.
record JavaCommand(Settings settings, String mainClass) {

  /// System property that names the file with the options of every JVM of the product.
  private static final String OPTIONS_FILE = "gatepost.jvm-options";

  /// System property with further options for the children's JVMs, separated by blanks.
  static final String CHILD_OPTIONS = "gatepost.split.java-opts";

  /// The classes of a start, loaded and linked: they are the children's too.
  private static final List<String> TRAINED = List.of("-XX:AOTCache=", "-Xlog:aot");

  List<String> of(ChildSpec child) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx" + child.heap(),
            "-XX:TieredStopAtLevel=1",
            "-Dgatepost.log.prefix=[" + child.name() + "] "));
    command.addAll(shared());
    String more = System.getProperty(CHILD_OPTIONS, "").strip();
    if (!more.isEmpty()) {
      command.addAll(List.of(more.split("\\s+")));
    }
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> TRAINED.stream().anyMatch(option::startsWith))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(
        List.of("service", child.name(), "--attached", "--data", settings.data().toString()));
    settings.file().ifPresent(file -> command.addAll(List.of("--config", file.toString())));
    command.addAll(child.arguments());
    return command;
  }

  private static List<String> shared() {
    String file = System.getProperty(OPTIONS_FILE);
    if (file == null) {
      return List.of(); // not started by the launcher: a test, or an IDE
    }
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines.filter(line -> line.startsWith("-")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(OPTIONS_FILE + " = \"" + file + "\"", e);
    }
  }
}
