package io.gatepost.allinone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The distribution's `bin/gatepost` over a stand-in for Java, which prints what it is started
/// with.
class DistributionScriptTest {

  private static final Path SOURCE = Path.of("src/main/dist");

  /// All that the script needs of the system, so that it can run neither a build nor another Java.
  private static final List<String> TOOLS = List.of("bash", "readlink", "timeout");

  private static final String SUITE = "io.gatepost.allinone.Gatepost";
  private static final String CLIENT = "io.gatepost.cli.Client";

  @TempDir Path directory;
  private Path home;
  private Path tools;

  private record Ended(int status, String output, String complaints) {
    List<String> lines() {
      return output.lines().toList();
    }
  }

  @BeforeEach
  void layItOut() throws IOException {
    home = Files.createDirectories(directory.resolve("dist of gatepost"));
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("conf"));
    Files.createDirectories(home.resolve("lib"));
    Files.copy(SOURCE.resolve("conf/jvm.options"), home.resolve("conf/jvm.options"));
    // The Java of this machine plays no part here.
    String script = Files.readString(SOURCE.resolve("bin/gatepost"));
    assertThat(script).contains("/usr/lib/jvm/* /opt/java/* /opt/jdk* /opt/jre* /usr/local/jdk*");
    executable(
        home.resolve("bin/gatepost"),
        script.replaceAll("(/usr/lib/jvm|/opt|/usr/local)/(?=[a-z*])", directory + "/none/"));
    for (String jar : List.of("all-in-one-1.2.3.jar", "cli-1.2.3.jar", "client-9.jar")) {
      Files.createFile(home.resolve("lib").resolve(jar));
    }
    tools = Files.createDirectories(directory.resolve("tools"));
    for (String tool : TOOLS) {
      executable(tools.resolve(tool), "#!/bin/sh\nexec " + tool(tool) + " \"$@\"\n");
    }
  }

  @Test
  void theSuiteHasTheOptionsOfTheFileAndTheHeapOfTheEnvironment() throws Exception {
    Ended ended =
        run(Map.of("JAVA_HOME", java("25.0.3"), "GATEPOST_HEAP", "77m"), "run", "--data", "a b");

    assertThat(ended.lines()).startsWith("-Xmx77m").endsWith(SUITE, "run", "--data", "a b");
    assertThat(ended.lines())
        .containsAll(
            Files.readAllLines(SOURCE.resolve("conf/jvm.options")).stream()
                .filter(line -> line.startsWith("-"))
                .toList())
        .contains("-Dgatepost.jvm-options=" + home.resolve("conf/jvm.options"))
        .containsSequence("-cp", home.resolve("lib/all-in-one-1.2.3.jar").toString());
    assertThat(ended.complaints()).isEmpty();
  }

  @Test
  void byItselfTheHeapIs384MegabytesAtMost() throws Exception {
    Ended ended = run(Map.of("JAVA_HOME", java("25")), "service", "edge");

    assertThat(ended.lines().getFirst()).matches("-Xmx\\d+m");
    assertThat(Integer.parseInt(ended.lines().getFirst().replaceAll("\\D", ""))).isBetween(1, 384);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "queue",
        "quarantine",
        "route",
        "domain",
        "mailbox",
        "alias",
        "send",
        "sendmail",
        "verify",
        "policy",
        "scan"
      })
  void commandsThatAskOnceHaveTheirOwnClassPathAndNoneOfTheSuitesOptions(String command)
      throws Exception {
    Files.createDirectories(home.resolve("trained"));
    Files.createFile(home.resolve("trained/suite.aot"));

    Ended ended = run(Map.of("JAVA_HOME", java("25"), "GATEPOST_HEAP", "77m"), command, "--help");

    assertThat(ended.lines())
        .containsExactly(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:MaxRAMPercentage=50",
            "-cp",
            home.resolve("lib/cli-1.2.3.jar").toString(),
            CLIENT,
            command,
            "--help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "sned"})
  void onlyTheWholeProductKnowsAllCommands(String argument) throws Exception {
    Ended ended = run(Map.of("JAVA_HOME", java("25")), argument);

    assertThat(ended.lines())
        .contains("-XX:TieredStopAtLevel=1", home.resolve("lib/all-in-one-1.2.3.jar").toString())
        .endsWith(SUITE, argument)
        .noneMatch(line -> line.startsWith("-Xmx"));
  }

  @Test
  void theTrainedStartIsUsedWhereThereIsOne() throws Exception {
    Files.createDirectories(home.resolve("trained"));
    Files.createFile(home.resolve("trained/suite.aot"));

    Ended ended = run(Map.of("JAVA_HOME", java("25")), "run");

    assertThat(ended.lines()).contains("-XX:AOTCache=" + home.resolve("trained/suite.aot"));
  }

  @Test
  void aLinkCalledSendmailIsThatCommand() throws Exception {
    Path link =
        Files.createSymbolicLink(directory.resolve("sendmail"), home.resolve("bin/gatepost"));

    Ended ended = run(link, Map.of("JAVA_HOME", java("25")), "-t", "-oi");

    assertThat(ended.lines()).endsWith(CLIENT, "sendmail", "-t", "-oi");
  }

  /// As a mail program's child may have it.
  @Test
  void anEmptyEnvironmentDoes() throws Exception {
    Path java = Path.of(java("25")).resolve("bin/java");
    Files.createSymbolicLink(tools.resolve("java"), java);

    Ended ended = run(Map.of(), "send", "--to", "a@b.example");

    assertThat(ended.complaints()).isEmpty();
    assertThat(ended.lines()).endsWith(CLIENT, "send", "--to", "a@b.example");
  }

  @Test
  void aJavaOfAnotherVersionIsPassedOver() throws Exception {
    Files.createSymbolicLink(tools.resolve("java"), Path.of(java("25.0.1+8")).resolve("bin/java"));

    Ended ended = run(Map.of("JAVA_HOME", java("17.0.9")), "queue");

    assertThat(ended.status()).as(ended.complaints()).isZero();
    assertThat(ended.lines()).endsWith(CLIENT, "queue");
  }

  @Test
  void aJavaThatSaysItsVersionOnlyWhenAskedIsFound() throws Exception {
    Path java = Path.of(java("25"));
    Files.delete(java.resolve("release"));

    Ended ended = run(Map.of("JAVA_HOME", java.toString()), "queue");

    assertThat(ended.status()).as(ended.complaints()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"21.0.4, 21.0.4", "1.8.0_402, 1.8.0", "26, 26"})
  void aJavaOfTheWrongVersionAloneIsOneLineAndStatus69(String version, String shown)
      throws Exception {
    String java = java(version);

    Ended ended = run(Map.of("JAVA_HOME", java), "--version");

    assertThat(ended.status()).isEqualTo(69);
    assertThat(ended.output()).isEmpty();
    assertThat(ended.complaints().lines())
        .singleElement()
        .asString()
        .startsWith("gatepost: no Java 25 found, but Java " + shown + " in " + java)
        .contains("JAVA_HOME");
  }

  @Test
  void withoutAnyJavaItSaysWhatIsNeeded() throws Exception {
    Ended ended = run(Map.of(), "run");

    assertThat(ended.status()).isEqualTo(69);
    assertThat(ended.complaints().lines())
        .singleElement()
        .asString()
        .startsWith("gatepost: no Java 25 found (expected: a JRE or JDK 25");
  }

  @Test
  void anIncompleteDistributionIsNamed() throws Exception {
    Files.delete(home.resolve("lib/cli-1.2.3.jar"));

    Ended ended = run(Map.of("JAVA_HOME", java("25")), "queue");

    assertThat(ended.status()).isEqualTo(69);
    assertThat(ended.complaints()).contains(home.resolve("lib") + " has no cli-*.jar");
  }

  @Test
  void withoutItsOptionsTheSuiteIsNotStarted() throws Exception {
    Files.delete(home.resolve("conf/jvm.options"));

    Ended ended = run(Map.of("JAVA_HOME", java("25")), "run");

    assertThat(ended.status()).isEqualTo(69);
    assertThat(ended.output()).isEmpty();
    assertThat(ended.complaints().lines()).singleElement().asString().contains("conf/jvm.options");
  }

  /// A directory like that of a JRE.
  private String java(String version) throws IOException {
    Path java = Files.createDirectories(directory.resolve("java-" + version));
    Files.createDirectories(java.resolve("bin"));
    Files.writeString(
        java.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    executable(
        java.resolve("bin/java"),
        """
        #!/usr/bin/env bash
        if [ "${1:-}" = -fullversion ]; then echo 'openjdk full version "%s"' >&2; exit; fi
        printf '%%s\\n' "$@"
        """
            .formatted(version));
    return java.toString();
  }

  private Ended run(Map<String, String> environment, String... arguments) throws Exception {
    return run(home.resolve("bin/gatepost"), environment, arguments);
  }

  private Ended run(Path script, Map<String, String> environment, String... arguments)
      throws Exception {
    File output = directory.resolve("output").toFile();
    File complaints = directory.resolve("complaints").toFile();
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(output)
            .redirectError(complaints);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("PATH", tools.toString());
    int status = builder.start().waitFor();
    return new Ended(
        status, Files.readString(output.toPath()), Files.readString(complaints.toPath()));
  }

  private static Path tool(String name) {
    return Stream.of("/usr/bin", "/bin")
        .map(place -> Path.of(place, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  private static void executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
