package io.gatepost.allinone;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.allinone.start.DataDirectory;
import io.gatepost.allinone.start.OperatorPort;
import io.gatepost.allinone.start.StopSequence;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class QueueCommandTest {

  private static final String ID = "01m85pc4tn00005q900";

  @TempDir Path data;
  private final StringWriter said = new StringWriter();
  private volatile String answer = "";
  private final FakeService service = FakeService.answering(call -> answer);

  @AfterEach
  void stopService() {
    service.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--url URL --token given cancel ID",
        "cancel --url URL --token given ID",
        "cancel ID --url URL --token given",
        "--url URL cancel ID --token given",
        "--token given cancel --json ID --url URL",
      })
  void optionsStandBeforeAndAfterTheCommand(String arguments) {
    int status = run(arguments);

    assertThat(status).as(said.toString()).isZero();
    assertThat(asked()).containsExactly("/gatepost.queue.v1.Operator/Cancel Bearer given");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--data DATA cancel ID", "cancel ID --data DATA"})
  void theDataDirectorySaysWhereAndByWhichToken(String arguments) {
    write(OperatorPort.at(url(), "written"));

    int status = run(arguments);

    assertThat(status).as(said.toString()).isZero();
    assertThat(asked()).containsExactly("/gatepost.queue.v1.Operator/Cancel Bearer written");
  }

  @Test
  void destinationsAreAskedOfDelivery() {
    URI nowhere = URI.create("http://127.0.0.1:1");
    write(new OperatorPort(nowhere, url(), nowhere, "written"));
    answer = "[{\"name\":\"mx:dest.example\",\"running\":3,\"waiting\":21,\"idleConnections\":0}]";

    int status = run("destinations --data DATA");

    assertThat(status).as(said.toString()).isZero();
    assertThat(asked())
        .containsExactly("/gatepost.delivery.v1.Delivery/Destinations Bearer written");
    assertThat(said.toString().lines().skip(1))
        .singleElement()
        .asString()
        .matches("mx:dest.example +3 +21 +0");
  }

  @Test
  void aTokenThatIsGivenWins() {
    write(OperatorPort.at(url(), "written"));

    run("cancel ID --data DATA --token given");

    assertThat(asked()).containsExactly("/gatepost.queue.v1.Operator/Cancel Bearer given");
  }

  @Test
  void anotherAddressIsNotToldTheTokenOfTheDataDirectory() {
    write(OperatorPort.at(URI.create("http://127.0.0.1:1"), "written"));

    run("cancel ID --data DATA --url URL");

    assertThat(asked()).hasSize(1).first().asString().doesNotContain("written");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "stats --help",
        "destinations --help",
        "list --help",
        "show --help",
        "retry --help",
        "cancel --help",
      })
  void eachCommandHasHelp(String arguments) {
    int status = run(arguments);

    assertThat(status).isZero();
    assertThat(said.toString()).contains("Usage: gatepost queue", "--url", "--data", "--json");
    assertThat(asked()).isEmpty();
  }

  private int run(String arguments) {
    CommandLine line = Gatepost.commandLine(new StopSequence());
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(said, true));
    return line.execute(
        ("queue " + arguments)
            .replace("ID", ID)
            .replace("URL", url().toString())
            .replace("DATA", data.toString())
            .split(" "));
  }

  private void write(OperatorPort port) {
    try (DataDirectory directory = DataDirectory.open(data)) {
      directory.writeOperatorPort(port);
    }
  }

  /// What was asked for, and with which header.
  private List<String> asked() {
    return service.calls().stream().map(call -> call.path() + " " + call.authorization()).toList();
  }

  private URI url() {
    return service.url();
  }
}
