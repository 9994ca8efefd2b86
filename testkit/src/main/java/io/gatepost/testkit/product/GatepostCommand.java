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

/// The `gatepost` command, as the launcher starts it once it has built the product.
public final class GatepostCommand {

  /// The launcher's heap, and the quick compiler only: tests do not run for long.
  private static final List<String> JVM_OPTIONS = List.of("-Xmx384m", "-XX:TieredStopAtLevel=1");

  private static final Pattern PACKAGED = Pattern.compile(".*/dist/lib/all-in-one-[^/]*\\.jar");
  private static final String MAIN_CLASS = "io.gatepost.allinone.Gatepost";

  private GatepostCommand() {}

  /// A command that has come to its end.
  public record Ended(int status, String output, String complaints) {}

  /// The command line with these arguments.
  public static List<String> line(List<String> arguments) {
    return line(List.of(), arguments);
  }

  /// The command line of a test build.
  ///
  /// @param besides what its class path has besides the product's own
  static List<String> line(List<Path> besides, List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(JVM_OPTIONS);
    Path options = Path.of("..", "deploy", "jvm.options").toAbsolutePath().normalize();
    line.addAll(shared(options));
    line.add("-Dgatepost.jvm-options=" + options);
    String product = classPath();
    line.addAll(trained(product));
    List<String> classPath = new ArrayList<>(List.of(product));
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
      Process process =
          new ProcessBuilder(line(arguments))
              .redirectInput(new File("/dev/null"))
              .redirectOutput(output.toFile())
              .redirectError(complaints.toFile())
              .start();
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

  /// What was packaged, where this JVM's class path has it; else the class path itself, which then
  /// comes from the compiler and has the tests' libraries beside the product's.
  private static String classPath() {
    String ours = System.getProperty("java.class.path");
    return Arrays.stream(ours.split(File.pathSeparator))
        .filter(entry -> PACKAGED.matcher(entry).matches())
        .map(entry -> entry.substring(0, entry.lastIndexOf('/')) + "/*")
        .findFirst()
        .orElse(ours);
  }

  /// The classes of a start, which the launcher has kept (`./gatepost train`).
  private static List<String> trained(String classPath) {
    return Optional.of(classPath)
        .filter(path -> path.endsWith("/lib/*"))
        .map(path -> Path.of(path.substring(0, path.length() - 2)).resolveSibling("gatepost.aot"))
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
