package io.gatepost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CommandTreeTest {

  private final StringWriter output = new StringWriter();
  private final StringWriter complaints = new StringWriter();

  @Command(name = "first", description = "Ends with a line.")
  private static final class Explained implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new CommandFailure(ExitCode.CONFIG, "a\n  setting is wrong");
    }
  }

  @Command(name = "last", description = "Breaks.")
  private static final class Broken implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new IllegalStateException("a bug");
    }
  }

  @Test
  void commandsOfOthersStandBeforeAndAfterThoseOfTheClient() {
    CommandLine line = CommandTree.of(List.of(new Explained()), List.of(new Broken()));

    assertThat(line.getSubcommands().keySet())
        .containsExactly(
            "first",
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
            "last");
  }

  @Test
  void aFailureIsOneLineAndItsOwnStatus() {
    int status = run("first");

    assertThat(status).isEqualTo(78);
    assertThat(complaints).hasToString("gatepost: a setting is wrong\n");
  }

  @Test
  void anErrorOfTheProgramHasItsTrace() {
    int status = run("last");

    assertThat(status).isEqualTo(70);
    assertThat(complaints.toString())
        .startsWith("gatepost: last failed\n")
        .contains("IllegalStateException: a bug");
  }

  @ParameterizedTest
  @CsvSource({
    "64, gatepost send: Missing required option: '--to=ADDR' (see gatepost send --help), send",
    "64, gatepost: Unmatched argument at index 0: 'sned' (see gatepost --help), sned",
    "64, gatepost: Unmatched argument at index 0: '@file' (see gatepost --help), @file",
    "64, gatepost: --server = \"nonsense\" (expected: HOST:PORT),"
        + " send --to a@b.example --server nonsense /dev/null",
    "64, gatepost: sendmail -bq (expected: -bm or -bs), sendmail -bq",
    "66, gatepost: file /none cannot be read, send --to a@b.example /none",
    "69, gatepost: server 127.0.0.1:1: , send --to a@b.example --server 127.0.0.1:1 /dev/null",
    "75, gatepost: server 127.0.0.1:1: , sendmail -bs --server 127.0.0.1:1",
    "69, gatepost queue: nothing answers at , queue stats --url http://127.0.0.1:1",
    "69, gatepost route: nothing answers at , route a@b.example --url http://127.0.0.1:1",
  })
  void whatIsWrongIsToldInALineAndByTheStatus(int expected, String beginning, String arguments) {
    int status = run(arguments);

    assertThat(complaints.toString()).startsWith(beginning);
    assertThat(complaints.toString().lines()).hasSize(1);
    assertThat(status).isEqualTo(expected);
    assertThat(output.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "queue"})
  void withoutACommandTheUsageIsAComplaint(String arguments) {
    int status = run(arguments);

    assertThat(status).isEqualTo(64);
    assertThat(complaints.toString()).startsWith("Usage: gatepost ");
    assertThat(output.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "send --help",
        "sendmail --help",
        "queue -h",
        "route -h",
        "alias -h",
        "policy show -h"
      })
  void helpIsAnAnswer(String arguments) {
    int status = run(arguments);

    assertThat(status).isZero();
    assertThat(output.toString()).startsWith("Usage: gatepost ");
    assertThat(complaints.toString()).isEmpty();
  }

  private int run(String arguments) {
    CommandLine line = CommandTree.of(List.of(new Explained()), List.of(new Broken()));
    line.setOut(new PrintWriter(output, true));
    line.setErr(new PrintWriter(complaints, true));
    return line.execute(arguments.isEmpty() ? new String[0] : arguments.split(" "));
  }
}
