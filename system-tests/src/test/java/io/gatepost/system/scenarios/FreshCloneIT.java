package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher where nothing has been built yet. Maven is a stand-in that puts down the
/// distribution; the training is real.
class FreshCloneIT {

  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Path PACKAGED = PROJECT.resolve("all-in-one/target/dist");

  @TempDir Path directory;

  /// A cache of classes fits the very jars that it was made with; where it does not the JVM says so
  /// in front of what a command says, unless it is told not to.
  @Test
  void theFirstCommandBuildsAndTrainsAndOthersSayWhatTheyAreAskedOnly() throws Exception {
    Path clone = Files.createDirectories(directory.resolve("clone"));
    Files.createDirectories(clone.resolve(".mvn"));
    Files.createDirectories(clone.resolve("all-in-one/src/main"));
    for (String file : List.of("gatepost", "pom.xml", "all-in-one/pom.xml")) {
      Files.copy(PROJECT.resolve(file), clone.resolve(file));
    }
    executable(clone.resolve("gatepost"));
    Path maven = Files.createDirectories(directory.resolve("bin")).resolve("mvn");
    Path dist = clone.resolve("all-in-one/target/dist");
    Files.writeString(
        maven,
        "#!/bin/sh\nset -e\nmkdir -p %1$s\ncd %2$s\ncp -r bin conf lib %1$s\n"
            .formatted(dist, PACKAGED));
    executable(maven);
    Path launcher = clone.resolve("gatepost");

    String first = complaints(0, launcher, "queue", "--help");
    String second = complaints(0, launcher, "queue", "--help");

    assertThat(first).contains("gatepost: building all-in-one", "gatepost: training the start");
    assertThat(first.lines()).allMatch(line -> line.startsWith("gatepost: "));
    assertThat(dist.resolve("trained/suite.aot")).exists();
    assertThat(second).isEmpty();
    assertThat(complaints(0, launcher, "train")).isEmpty();

    // Elsewhere, with jars that are new.
    Path moved = directory.resolve("moved");
    copy(dist, moved);
    String third = complaints(64, moved.resolve("bin/gatepost"), "service", "none");

    assertThat(moved.resolve("trained/suite.aot")).exists();
    assertThat(third.lines()).singleElement().asString().startsWith("gatepost: service = ");
  }

  private static void copy(Path from, Path to) throws Exception {
    Process process = new ProcessBuilder("cp", "-r", from.toString(), to.toString()).start();
    assertThat(process.waitFor()).isZero();
  }

  /// Returns the standard error of a command, which has to end with a status.
  private String complaints(int status, Path program, String... arguments) throws Exception {
    File said = directory.resolve("said").toFile();
    ProcessBuilder command = new ProcessBuilder(program.toString());
    command.command().addAll(List.of(arguments));
    command.environment().merge("PATH", directory.resolve("bin") + ":", (path, bin) -> bin + path);
    command.environment().remove("GATEPOST_IS_BUILT");
    Process process =
        command
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(said)
            .start();

    assertThat(process.waitFor()).as(Files.readString(said.toPath())).isEqualTo(status);
    return Files.readString(said.toPath());
  }

  private static void executable(Path file) throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
