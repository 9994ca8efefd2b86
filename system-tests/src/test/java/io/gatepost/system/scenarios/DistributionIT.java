package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The distribution on a machine that has a Java runtime and neither Maven, a compiler nor the
/// source.
class DistributionIT {

  private static final Path BUILT = Path.of("../all-in-one/target/dist").toAbsolutePath();

  /// An answer takes a quarter of a second on two idle cores; these may be busy with other tests.
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @TempDir Path directory;
  private Path home;

  private record Ended(int status, String output, String complaints, Duration took) {}

  @BeforeEach
  void copyItElsewhere() throws Exception {
    home = Files.createDirectories(directory.resolve("opt/gate post"));
    for (String part : List.of("bin", "conf", "lib")) {
      Process copy =
          new ProcessBuilder("cp", "-r", BUILT.resolve(part).toString(), home.toString()).start();
      assertThat(copy.waitFor()).isZero();
    }
    Path java = Path.of(System.getProperty("java.home"));
    executable("jre/bin/java", "#!/bin/sh\nexec " + java.resolve("bin/java") + " \"$@\"\n");
    Files.copy(java.resolve("release"), directory.resolve("jre/release"));
    executable("path/mvn", "#!/bin/sh\ntouch " + directory.resolve("maven-was-called") + "\n");
    for (String tool : List.of("bash", "readlink")) {
      executable("path/" + tool, "#!/bin/sh\nexec /usr/bin/" + tool + " \"$@\"\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--version",
        "--help",
        "run --help",
        "service --help",
        "queue --help",
        "queue stats --help",
        "route --help",
        "send --help",
        "sendmail --help"
      })
  void commandsAnswerAtOnceAndQuietly(String arguments) throws Exception {
    Ended ended = run(arguments.split(" "));

    assertThat(ended.status()).as(ended.complaints()).isZero();
    assertThat(ended.output()).matches("(?s)(Gatepost \\d|Usage: gatepost).*");
    assertThat(ended.complaints()).isEmpty();
    assertThat(ended.took()).isLessThan(LIMIT);
    assertThat(directory.resolve("maven-was-called")).doesNotExist();
    assertThat(home.resolve("trained")).doesNotExist();
  }

  @Test
  void aQuestionThatNobodyAnswersIsOneLine() throws Exception {
    Ended ended = run("queue", "stats", "--url", "http://127.0.0.1:1");

    assertThat(ended.status()).isEqualTo(69);
    assertThat(ended.complaints().lines())
        .singleElement()
        .asString()
        .startsWith("gatepost queue: nothing answers at http://127.0.0.1:1");
    assertThat(ended.took()).isLessThan(LIMIT);
  }

  @Test
  void aCacheThatIsNoneIsPassedOver() throws Exception {
    Files.createDirectories(home.resolve("trained"));
    Files.writeString(home.resolve("trained/suite.aot"), "of some other Java");

    Ended ended = run("service", "none");

    assertThat(ended.status()).isEqualTo(64);
    assertThat(ended.complaints().lines())
        .singleElement()
        .asString()
        .startsWith("gatepost: service = \"none\"");
  }

  private Ended run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/gatepost").toString()));
    command.addAll(List.of(arguments));
    File output = directory.resolve("output").toFile();
    File complaints = directory.resolve("complaints").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(output)
            .redirectError(complaints);
    builder.environment().clear();
    builder.environment().put("PATH", directory.resolve("path").toString());
    builder.environment().put("JAVA_HOME", directory.resolve("jre").toString());
    long started = System.nanoTime();
    int status = builder.start().waitFor();
    return new Ended(
        status,
        Files.readString(output.toPath()),
        Files.readString(complaints.toPath()),
        Duration.ofNanos(System.nanoTime() - started));
  }

  private void executable(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
