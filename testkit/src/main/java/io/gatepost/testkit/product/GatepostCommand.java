package io.gatepost.testkit.product;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The `gatepost` command: where the distribution is on the class path, as its `bin/gatepost`
/// starts it; else from the compiler's classes.
public final class GatepostCommand {

  /// The heap by default, and the quick compiler only: tests do not run for long.
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xmx384m",
          "-XX:TieredStopAtLevel=1",
          "-Dgatepost.split.java-opts=-XX:TieredStopAtLevel=1");

  private static final Pattern PACKAGED = Pattern.compile(".*/dist/lib/all-in-one-[^/]*\\.jar");
  private static final Path SOURCE = Path.of("..", "all-in-one", "src", "main", "dist");
  private static final String MAIN_CLASS = "io.gatepost.allinone.Gatepost";

  /// The jar that names the product's class path, where it has been packaged.
  private static final Optional<Path> PRODUCT =
      Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
          .filter(entry -> PACKAGED.matcher(entry).matches())
          .map(entry -> Path.of(entry).toAbsolutePath().normalize())
          .findFirst();

  private GatepostCommand() {}

  /// A command that has come to its end.
  public record Ended(int status, String output, String complaints) {}

  /// The command line with these arguments.
  public static List<String> line(List<String> arguments) {
    return line(List.of(), List.of(), arguments);
  }

  /// The command line of a test build.
  ///
  /// @param besides what its class path has besides the product's own
  /// @param jvmOptions that replace those of all tests
  static List<String> line(List<Path> besides, List<String> jvmOptions, List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(JVM_OPTIONS);
    Path options = directory().resolve("conf/jvm.options");
    line.addAll(shared(options));
    line.addAll(jvmOptions);
    line.add("-Dgatepost.jvm-options=" + options);
    line.addAll(trained());
    List<String> classPath = new ArrayList<>();
    // The class path from the compiler has the tests' libraries beside the product's.
    classPath.add(PRODUCT.map(Path::toString).orElse(System.getProperty("java.class.path")));
    besides.forEach(path -> classPath.add(path.toString()));
    line.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), MAIN_CLASS));
    line.addAll(arguments);
    return line;
  }

  /// Runs a command to its end, with nothing on its standard input; one that takes longer is killed
  /// and an [IllegalStateException].
  public static Ended run(Duration limit, List<String> arguments) {
    try {
      Path output = Files.createTempFile("gatepost", ".out");
      Path complaints = Files.createTempFile("gatepost", ".err");
      ProcessBuilder command =
          new ProcessBuilder(whole(arguments))
              .redirectInput(new File("/dev/null"))
              .redirectOutput(output.toFile())
              .redirectError(complaints.toFile());
      command.environment().put("JAVA_HOME", System.getProperty("java.home"));
      Process process = command.start();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        ProcessTree.kill(ProcessTree.of(process.toHandle()));
        throw new IllegalStateException(
            "gatepost " + arguments + " runs on after " + limit + ": " + read(complaints));
      }
      return new Ended(process.exitValue(), read(output), read(complaints));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while gatepost " + arguments + " ran", e);
    }
  }

  /// The distribution's own command, or the command line that does the same.
  private static List<String> whole(List<String> arguments) {
    if (PRODUCT.isEmpty()) {
      return line(arguments);
    }
    List<String> whole = new ArrayList<>(List.of(directory().resolve("bin/gatepost").toString()));
    whole.addAll(arguments);
    return whole;
  }

  /// The directory with `bin` and `conf`.
  private static Path directory() {
    return PRODUCT
        .map(jar -> jar.resolve("../..").normalize())
        .orElseGet(() -> SOURCE.toAbsolutePath().normalize());
  }

  /// The classes of a start, which the distribution has kept (`bin/gatepost train`).
  private static List<String> trained() {
    return PRODUCT
        .map(jar -> directory().resolve("trained/suite.aot"))
        .filter(Files::exists)
        .map(cache -> List.of("-XX:AOTCache=" + cache, "-Xlog:aot*=error"))
        .orElse(List.of());
  }

  private static List<String> shared(Path options) {
    try (Stream<String> lines = Files.lines(options)) {
      return lines.filter(line -> line.startsWith("-")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) throws IOException {
    String text = Files.readString(file);
    Files.delete(file);
    return text;
  }
}
