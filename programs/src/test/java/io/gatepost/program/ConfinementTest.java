package io.gatepost.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.program.ProgramEnd.Exited;
import io.gatepost.program.Wrapping.Processes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/// Limits of a confined program. Where this machine does not allow a protection, its test is
/// skipped as the runner goes without it, and says so; that a required one is refused is tested
/// everywhere.
class ConfinementTest {

  private static ProgramRunner runner;

  @BeforeAll
  static void start() throws IOException {
    runner = ProgramRunner.of(Runners.KEY, Runners.possible(ProgramLimits.DEFAULT));
  }

  @AfterAll
  static void stop() {
    runner.close();
  }

  @Test
  void asRootItIsAnotherUserWithoutOtherGroups() throws IOException {
    assumeThat(Runners.isRoot()).isTrue();

    assertThat(Runners.output(runner, "id -u; id -G; touch /root/x 2>/dev/null || echo no"))
        .isEqualTo("65534\n65534\nno");
  }

  @Test
  void rootHasToSayWhichUser() {
    assertThatThrownBy(() -> Account.of("a.user", "", 0))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("a.user")
        .hasMessageContaining("runs as root");
  }

  @Test
  void whoIsNotRootCanBeHimselfAndNoOther() {
    assertThat(Account.of("a.user", "", 1000)).isEmpty();
    assertThat(Account.of("a.user", "1000", 1000)).isEmpty();
    assertThatThrownBy(() -> Account.of("a.user", "nobody", 1000))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("a.user = \"nobody\"")
        .hasMessageContaining("user 1000");
  }

  @Test
  void aUserThatIsNoneIsRefused() {
    for (String user : List.of("no-such-user-here", "-u", "a b")) {
      assertThatThrownBy(() -> Account.of("a.user", user, 0))
          .isInstanceOf(SettingException.class)
          .hasMessageContaining("a.user")
          .hasMessageContaining("a user of this system");
    }
  }

  @Test
  void itCannotConnectToThisMachine() throws IOException {
    assumeThat(runner.parts().network()).isTrue();
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        ProgramRunner open =
            ProgramRunner.of(Runners.KEY, Runners.isolating(Need.OFF, Need.IF_POSSIBLE))) {
      String connect = "exec 3<>/dev/tcp/127.0.0.1/" + server.getLocalPort();

      assertThat(Runners.run(open, "/bin/bash", "-c", connect)).isEqualTo(new Exited(0, "", ""));
      assertThat(Runners.run(runner, "/bin/bash", "-c", connect))
          .isInstanceOfSatisfying(
              Exited.class,
              end -> {
                assertThat(end.code()).isNotZero();
                assertThat(end.errors()).contains("unreachable");
              });
    }
  }

  @Test
  void childrenThatLeaveItsGroupEndAsWell() throws IOException {
    assumeThat(runner.parts().processes()).isNotEqualTo(Processes.GROUP);
    String sleep = "9" + System.nanoTime();

    assertThat(Runners.sh(runner, "setsid -f sleep " + sleep + " >/dev/null 2>&1 <&1"))
        .isEqualTo(new Exited(0, "", ""));
    await().untilAsserted(() -> assertThat(ProcessTable.with(sleep)).isEmpty());
  }

  @Test
  void itIsNotTheFirstProcessOfItsNamespace() {
    assumeThat(runner.parts().processes()).isNotEqualTo(Processes.GROUP);

    // the first would not be killed by its own signal
    assertThat(Runners.sh(runner, "kill -TERM $$; echo lives"))
        .isEqualTo(new Exited(128 + 15, "", ""));
  }

  @Test
  void itSeesNoOtherProcesses() {
    assumeThat(runner.parts().processes()).isEqualTo(Processes.HIDDEN);

    // its own chain: the first of the namespace and the shells
    assertThat(Integer.parseInt(Runners.output(runner, "ls -d /proc/[0-9]* | wc -l")))
        .isLessThan(8);
    assertThat(Runners.output(runner, "tr '\\0' ' ' </proc/1/cmdline")).contains("/sh ");
  }

  @Test
  void itGetsNoPrivilegeBack() {
    assertThat(Runners.output(runner, "grep NoNewPrivs /proc/self/status")).endsWith("1");
    assertThat(
            Runners.output(runner, "grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status | cut -f 2"))
        .matches("(0{16}\\s*){4}");
  }

  @Test
  void memoryIsLimited() throws IOException {
    String eats = "head -c 100000000 /dev/zero | tail -c 99999999 | wc -c";
    ProgramLimits small = limits(48L << 20, Duration.ofSeconds(20), 64);
    try (ProgramRunner narrow = ProgramRunner.of(Runners.KEY, Runners.possible(small))) {
      assertThat(Runners.output(runner, eats)).isEqualTo("99999999");
      assertThat(Runners.output(narrow, eats + " 2>&1")).endsWith("0").doesNotContain("99999999");
    }
  }

  @Test
  void processorTimeIsLimited() throws IOException {
    ProgramLimits small = limits(1L << 30, Duration.ofMillis(300), 64);
    try (ProgramRunner narrow = ProgramRunner.of(Runners.KEY, Runners.possible(small))) {
      assertThat(Runners.sh(narrow, "while :; do :; done"))
          .isInstanceOfSatisfying(Exited.class, end -> assertThat(end.code()).isGreaterThan(128));
    }
  }

  @Test
  void filesAndProcessesAreLimited() throws IOException {
    ProgramLimits small = limits(1L << 30, Duration.ofSeconds(20), 32);
    try (ProgramRunner narrow = ProgramRunner.of(Runners.KEY, Runners.possible(small))) {
      Map<String, String> lines =
          Runners.output(narrow, "cat /proc/self/limits")
              .lines()
              .skip(1)
              .collect(
                  Collectors.toMap(
                      line -> line.substring(0, 25).strip(),
                      line -> line.substring(25, 46).strip()));

      assertThat(lines)
          .containsEntry("Max open files", "32")
          .containsEntry("Max file size", Long.toString(1 << 20))
          .containsEntry("Max core file size", "0");
      if (Runners.isRoot()) {
        assertThat(lines).containsEntry("Max processes", "32");
      }
      assertThat(Runners.sh(narrow, "head -c 2000000 /dev/zero > big"))
          .isInstanceOfSatisfying(Exited.class, end -> assertThat(end.code()).isNotZero());
    }
  }

  private static ProgramLimits limits(long memory, Duration cpu, int count) {
    return new ProgramLimits(Duration.ofSeconds(30), memory, cpu, count, count, 1 << 20, 64 * 1024);
  }

  @Test
  void itsEnvironmentIsWhatItIsGiven() {
    Program env =
        new Program(List.of("/usr/bin/env"), Map.of("GATEPOST_SENDER", "a\0nn@x.example"));

    assertThat(runner.run(env, Flux.empty()).block(Duration.ofSeconds(60)))
        .isInstanceOfSatisfying(
            Exited.class,
            end -> {
              Map<String, String> found =
                  end.output()
                      .lines()
                      .map(line -> line.split("=", 2))
                      .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
              assertThat(found)
                  .containsEntry("GATEPOST_SENDER", "ann@x.example")
                  .containsEntry("PATH", Program.BASE.get("PATH"));
              // the shell that starts it adds those of its own
              assertThat(found.keySet())
                  .isSubsetOf(
                      "GATEPOST_SENDER",
                      "PATH",
                      "LANG",
                      "HOME",
                      "TMPDIR",
                      "PWD",
                      "OLDPWD",
                      "SHLVL",
                      "_");
            });
  }

  @Test
  void valuesAndNamesOfVariablesAreBounded() {
    Program program =
        new Program(List.of("/bin/true"), Map.of("A", "x".repeat(Program.MAX_VALUE + 5)));

    assertThat(program.environment().get("A")).hasSize(Program.MAX_VALUE);
    assertThatThrownBy(() -> new Program(List.of("/bin/true"), Map.of("A=B", "")))
        .hasMessageContaining("A=B");
    assertThatThrownBy(() -> Program.of("/bin/true", "a\0b")).hasMessageContaining("NUL");
  }

  @Test
  void itsDirectoryIsEmptyAndGoesWithAllThatIsInIt() {
    String hostile =
        "pwd; ls -A; mkdir -p a/b && touch a/b/c .d && ln -s /etc e && chmod 000 a;"
            + " perl -e 'for (1..300) { mkdir \"n\" x 99; chdir \"n\" x 99 or exit 9 }'";

    String directory = Runners.output(runner, hostile);

    assertThat(directory).startsWith("/tmp/gatepost-run-").doesNotContain("\n");
    await().untilAsserted(() -> assertThat(Path.of(directory)).doesNotExist());
    assertThat(Path.of("/etc/passwd")).exists();
  }

  @Test
  void aProtectionThatCannotBeHadIsNamed() throws IOException {
    // more open files than any system allows, even for root
    ProgramLimits absurd = limits(1L << 30, Duration.ofSeconds(20), Integer.MAX_VALUE);

    assertThatThrownBy(() -> ProgramRunner.of(Runners.KEY, Runners.possible(absurd)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining(Runners.KEY + ".limit-resources = \"required\"")
        .hasMessageContaining("NOFILE");
  }

  @Test
  void aProtectionThatIsWantedWherePossibleIsMissedWithoutHarm() throws IOException {
    ProgramLimits absurd = limits(1L << 30, Duration.ofSeconds(20), Integer.MAX_VALUE);
    Confinement wanted =
        new Confinement(
            Runners.user(), Need.OFF, Need.OFF, Need.IF_POSSIBLE, absurd, Path.of("/tmp"));
    try (ProgramRunner without = ProgramRunner.of(Runners.KEY, wanted)) {
      assertThat(without.parts().limits()).isFalse();
      assertThat(Runners.output(without, "echo well")).isEqualTo("well");
    }
  }

  @Test
  void aProgramThatOutlivesGatepostIsEndedByItsChain() throws Exception {
    ProgramLimits brief = ProgramLimits.DEFAULT.within(Duration.ofMillis(500));
    String sleep = "9" + System.nanoTime();
    try (ProgramRunner limited = ProgramRunner.of(Runners.KEY, Runners.possible(brief))) {
      List<String> command = new ArrayList<>(limited.prefix());
      command.addAll(List.of("/bin/sh", "-c", "sleep " + sleep + " & sleep " + sleep));

      // as if nobody looked after it any more
      Process left =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();

      assertThat(left.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(left.exitValue()).isEqualTo(128 + 9);
      await().untilAsserted(() -> assertThat(ProcessTable.with(sleep)).isEmpty());
    }
  }

  @Test
  void aDirectoryThatTheUserCannotReachIsRefused() throws IOException {
    assumeThat(Runners.isRoot()).isTrue();
    Path missing = Path.of("/tmp/no-such-directory-here");

    assertThat(Files.exists(missing)).isFalse();
    assertThatThrownBy(() ->
            ProgramRunner.of(
                Runners.KEY,
                new Confinement(
                    "nobody", Need.OFF, Need.OFF, Need.OFF, ProgramLimits.DEFAULT, missing)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining(missing.toString());
  }

  @Test
  void aProgramIsCheckedAsItsUser() throws IOException {
    runner.checkExecutable("a.program", "/bin/cat");

    for (String path : List.of("/no/such/program", "cat", "/etc/passwd", "/tmp")) {
      assertThatThrownBy(() -> runner.checkExecutable("a.program", path))
          .isInstanceOf(SettingException.class)
          .hasMessageContaining("a.program = \"" + path + "\"");
    }
    if (Runners.isRoot()) {
      Path mine = Files.createTempFile(Path.of("/tmp"), "gatepost-test-", ".sh");
      try {
        Files.setPosixFilePermissions(
            mine, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        assertThatThrownBy(() -> runner.checkExecutable("a.program", mine.toString()))
            .isInstanceOf(SettingException.class);
      } finally {
        Files.delete(mine);
      }
    }
  }
}
