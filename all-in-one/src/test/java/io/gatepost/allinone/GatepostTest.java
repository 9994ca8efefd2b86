package io.gatepost.allinone;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.allinone.start.StopSequence;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class GatepostTest {

  private final StringWriter output = new StringWriter();

  @Test
  void theHelpListsEveryCommandButTheTraining() {
    int status = run("--help");

    assertThat(status).isZero();
    assertThat(output.toString().lines().filter(line -> line.matches("  [a-z]+ .*")))
        .extracting(line -> line.strip().split(" ", 2)[0])
        .containsExactly(
            "run",
            "send",
            "sendmail",
            "queue",
            "quarantine",
            "route",
            "verify",
            "policy",
            "scan",
            "domain",
            "mailbox",
            "alias",
            "routes",
            "service");
    assertThat(Gatepost.commandLine(new StopSequence()).getSubcommands()).containsKey("train");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "send",
        "sendmail",
        "queue",
        "quarantine",
        "route",
        "verify",
        "policy",
        "scan",
        "domain",
        "mailbox",
        "alias",
        "routes",
        "service"
      })
  void eachCommandHasHelpOfItsOwn(String command) {
    int status = run(command, "--help");

    assertThat(status).isZero();
    assertThat(output.toString()).startsWith("Usage: gatepost " + command + " ");
  }

  @Test
  void theVersionIsOneLine() {
    int status = run("--version");

    assertThat(status).isZero();
    assertThat(output.toString()).matches("Gatepost \\d+\\.\\d+\\.\\d+\n");
  }

  @Test
  void aServiceThatDoesNotExistIsTheCommandLinesFault() {
    assertThat(run("service", "none")).isEqualTo(64);
    assertThat(output.toString()).startsWith("gatepost: service = \"none\" (expected: ");
  }

  private int run(String... arguments) {
    CommandLine line = Gatepost.commandLine(new StopSequence());
    line.setOut(new PrintWriter(output, true));
    line.setErr(new PrintWriter(output, true));
    return line.execute(arguments);
  }
}
