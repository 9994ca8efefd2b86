package io.gatepost.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Systems that do not allow what is wanted: a JVM in a namespace of users of its own, in which no
/// other namespaces may be made. Skipped where this machine has no namespaces of users.
class RefusingSystemTest {

  /// A runner as the arguments have it: user, network, processes.
  static final class Trial {
    public static void main(String[] words) {
      Confinement wanted =
          new Confinement(
              words[0],
              Need.valueOf(words[1]),
              Need.valueOf(words[2]),
              Need.REQUIRED,
              ProgramLimits.DEFAULT,
              Path.of("/tmp"));
      try (ProgramRunner runner = ProgramRunner.of("a", wanted)) {
        System.out.println("has " + runner.parts());
      } catch (IllegalArgumentException e) {
        System.out.println("refused " + e.getMessage());
      }
    }
  }

  private static String trial(String forbidden, String... words)
      throws IOException, InterruptedException {
    String forbid = "echo 0 > /proc/sys/user/max_" + forbidden + "_namespaces && exec \"$@\"";
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/bin/unshare", "--user", "--map-root-user", "/bin/sh", "-c", forbid, "sh"));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Trial.class.getName()));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    boolean refused = status != 0 && output.contains("unshare");
    assumeThat(refused).as(output).isFalse();
    assertThat(status).as(output).isZero();
    return output;
  }

  @ParameterizedTest
  @CsvSource({
    "net, REQUIRED, OFF, isolate-network",
    "pid, IF_POSSIBLE, REQUIRED, isolate-processes"
  })
  void whatIsRequiredAndForbiddenIsNamed(
      String forbidden, String network, String processes, String key) throws Exception {
    assertThat(trial(forbidden, "root", network, processes))
        .contains("refused a." + key + " = \"required\"")
        .contains("unshare");
  }

  @Test
  void whatIsWantedWherePossibleAndForbiddenIsMissedWithAWarning() throws Exception {
    assertThat(trial("net", "root", "IF_POSSIBLE", "IF_POSSIBLE"))
        .contains("has Parts[way=PRIVILEGE, network=false, processes=HIDDEN, limits=true]")
        .contains("WARN")
        .contains("does not allow isolate-network");
  }

  @Test
  void aUserThatCannotBeBecomeIsNamed() throws Exception {
    assertThat(trial("net", "nobody", "OFF", "OFF")).contains("refused a.user = \"nobody\"");
  }
}
