package io.gatepost.allinone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The suite where the libraries of the embedded broker and database are left out, as in the image
/// of the services.
class WithoutInfrastructureTest {

  @TempDir Path directory;

  private record Ended(int status, String output, String complaints) {}

  @ParameterizedTest
  @ValueSource(strings = {"run", "run --split", "service infrastructure"})
  void whatNeedsThemSaysSoInOneLine(String command) throws Exception {
    Ended ended = run((command + " --data " + directory.resolve("data")).split(" "));

    assertThat(ended.status()).as(ended.complaints()).isEqualTo(69);
    assertThat(ended.output()).isEmpty();
    assertThat(ended.complaints().lines())
        .singleElement()
        .asString()
        .startsWith("gatepost: this image has no broker and no database (expected: ");
    assertThat(directory.resolve("data")).doesNotExist();
  }

  @Test
  void theTrainingStartsTheSixServicesInstead() throws Exception {
    Ended ended = run("train");

    assertThat(ended.status()).as(ended.complaints()).isZero();
  }

  private Ended run(String... arguments) throws Exception {
    File output = directory.resolve("output").toFile();
    File complaints = directory.resolve("complaints").toFile();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of("-Djava.io.tmpdir=" + directory, "-cp", classPath()));
    command.add(Gatepost.class.getName());
    command.addAll(List.of(arguments));
    int status =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(output)
            .redirectError(complaints)
            .start()
            .waitFor();
    return new Ended(
        status, Files.readString(output.toPath()), Files.readString(complaints.toPath()));
  }

  /// That of this test but for the module and its database; the test's own libraries do no harm.
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.matches(".*/(embedded/.*|embedded-[^/]*\\.jar)"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
