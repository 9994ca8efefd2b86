package io.gatepost.cli.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.cli.CommandTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
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
        "--url URL --token-file TOKEN cancel ID",
        "cancel --url URL --token-file TOKEN ID",
        "cancel ID --url URL --token-file TOKEN",
        "--url URL cancel ID --token-file TOKEN",
        "--token-file TOKEN cancel --json ID --url URL",
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
    write(new OperatorPort(nowhere, url(), nowhere, nowhere, nowhere, nowhere, "written"));
    answer =
        "[{\"name\":\"mx:dest.example\",\"running\":3,\"waiting\":21,\"idleConnections\":0,"
            + "\"probing\":2,\"probesWaiting\":5,\"slow\":true},"
            + "{\"name\":\"smtp:[192.0.2.1]\",\"running\":0,\"waiting\":0,\"idleConnections\":1,"
            + "\"probing\":0,\"probesWaiting\":0}]"; // as earlier versions say it

    int status = run("destinations --data DATA");

    assertThat(status).as(said.toString()).isZero();
    assertThat(asked())
        .containsExactly("/gatepost.delivery.v1.Delivery/Destinations Bearer written");
    assertThat(said.toString().lines().skip(1).toList())
        .satisfiesExactly(
            slow -> assertThat(slow).matches("mx:dest.example +3 +21 +0 +2 +5 +slow"),
            quick -> assertThat(quick).matches("smtp:\\[192.0.2.1] +0 +0 +1 +0 +0 +quick"));
  }

  @Test
  void aTokenThatIsGivenWins() {
    write(OperatorPort.at(url(), "written"));

    run("cancel ID --data DATA --token-file TOKEN");

    assertThat(asked()).containsExactly("/gatepost.queue.v1.Operator/Cancel Bearer given");
  }

  @Test
  void anotherAddressIsNotToldTheTokenOfTheDataDirectory() {
    write(OperatorPort.at(URI.create("http://127.0.0.1:1"), "written"));

    run("cancel ID --data DATA --url URL");

    assertThat(asked()).hasSize(1).first().asString().doesNotContain("written");
  }

  @Test
  void aTokenOnTheCommandLineIsRefusedAsOthersSeeIt() {
    int status = run("cancel ID --url URL --token secret");

    assertThat(status).isEqualTo(64);
    assertThat(said.toString()).contains("--token-file").doesNotContain("secret");
    assertThat(asked()).isEmpty();
  }

  @Test
  void whereNothingListensItSaysSoInPlainWords() {
    int status = run("list --url http://127.0.0.1:1");

    assertThat(status).isEqualTo(69);
    assertThat(said.toString().lines())
        .singleElement()
        .asString()
        .contains("nothing answers at http://127.0.0.1:1 (connection refused)", "--data", "--url")
        .doesNotContain("{", "queryParam");
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
    CommandLine line = CommandTree.ofClient();
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(said, true));
    return line.execute(
        ("queue " + arguments)
            .replace("ID", ID)
            .replace("URL", url().toString())
            .replace("DATA", data.toString())
            .replace("TOKEN", tokenFile().toString())
            .split(" "));
  }

  private Path tokenFile() {
    try {
      return Files.writeString(data.resolve("token"), "given\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(OperatorPort port) {
    port.write(data);
  }

  /// Requests that were made, with their header.
  private List<String> asked() {
    return service.calls().stream().map(call -> call.path() + " " + call.authorization()).toList();
  }

  private URI url() {
    return service.url();
  }
}
