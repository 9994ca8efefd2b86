package io.gatepost.allinone.split;

import io.gatepost.allinone.start.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The command line of a child: this JVM's `java` and class path, with a small heap.
record JavaCommand(Settings settings, String mainClass) {

  /// System property that names the file with the options of every JVM of the product.
  private static final String OPTIONS_FILE = "gatepost.jvm-options";

  /// System property with further options for the children's JVMs, separated by blanks.
  static final String CHILD_OPTIONS = "gatepost.split.java-opts";

  /// The classes of a start, loaded and linked: they are the children's too.
  private static final List<String> TRAINED = List.of("-XX:AOTCache=", "-Xlog:aot");

  /// Options that lay out the heap in another way than the product's own, but for its largest size.
  /// A JVM whose heap has no room for the objects of the cache ends (JDK 25).
  private static final Pattern OTHER_HEAP =
      Pattern.compile("-Xm[^x].*|-XX:.*(?:Heap|New|Old|RAM|GC|Oops).*");

  List<String> of(ChildSpec child) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx" + child.heap(), "-Dgatepost.log.prefix=[" + child.name() + "] "));
    command.addAll(shared());
    List<String> further = further();
    command.addAll(further);
    command.addAll(trained(ManagementFactory.getRuntimeMXBean().getInputArguments(), further));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(
        List.of("service", child.name(), "--attached", "--data", settings.data().toString()));
    settings.file().ifPresent(file -> command.addAll(List.of("--config", file.toString())));
    command.addAll(child.arguments());
    return command;
  }

  /// The options for the cache of classes, as this JVM has them; none where a child could not use
  /// it.
  ///
  /// @param own the options of this JVM
  /// @param further those that only the children have
  static List<String> trained(List<String> own, List<String> further) {
    return further.stream().anyMatch(OTHER_HEAP.asMatchPredicate())
        ? List.of()
        : own.stream().filter(option -> TRAINED.stream().anyMatch(option::startsWith)).toList();
  }

  private static List<String> further() {
    String more = System.getProperty(CHILD_OPTIONS, "").strip();
    return more.isEmpty() ? List.of() : List.of(more.split("\\s+"));
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
