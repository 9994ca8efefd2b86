package io.gatepost.allinone;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.allinone.start.StopSequence;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.wire.ContractJson;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RouteCommandTest {

  private static final Reply NO_USER = Reply.of(550, "5.1.1", "No such user");
  private static final ForwardPath FAR = ForwardPath.of("bob@far.example");
  private static final RouteAnswer ANSWER =
      new RouteAnswer.Resolved(
          List.of(
              new RouteAnswer.Leg(
                  FAR,
                  new Destination.Smtp(
                      "mx:far.example", List.of(new NextHop("mx.far.example", "192.0.2.1", 25))))),
          List.of(
              new RouteAnswer.DeadLeg(
                  ForwardPath.of("gone@here.example"), Reason.UNKNOWN_USER, NO_USER)),
          List.of());

  private final StringWriter said = new StringWriter();
  private final FakeService service =
      FakeService.answering(call -> ContractJson.MAPPER.writeValueAsString(answer(call.method())));

  @AfterEach
  void stopService() {
    service.close();
  }

  @Test
  void eachStepAndEachEndIsShownAndWhatClientsAreTold() {
    int status = run("--url", url(), "--from", "ann@here.example", "team@here.example");

    assertThat(status).as(said.toString()).isZero();
    assertThat(said.toString())
        .contains(
            "team@here.example\n    aliases: is bob@far.example, gone@here.example\n",
            "bob@far.example goes to mx:far.example\n    mx.far.example[192.0.2.1]:25\n",
            "gone@here.example is left out: " + NO_USER,
            "our own clients are told  that it is good\n",
            "strangers are told        " + Replies.RELAY_DENIED);
    assertThat(asked("Explain")).contains("team@here.example", "ann@here.example", "ANYWHERE");
    assertThat(asked("Route")).contains("team@here.example", "HOSTED");
  }

  @Test
  void asJsonItIsBothAnswers() {
    int status = run("--json", "team@here.example", "--url", url());

    assertThat(status).as(said.toString()).isZero();
    assertThat(said.toString())
        .startsWith("{\"explanation\":{\"steps\":")
        .contains("\"stranger\":{\"type\":\"refused\"");
  }

  @Test
  void whatIsNoAddressIsTheCommandLinesFault() {
    int status = run("nonsense", "--url", url());

    assertThat(status).isEqualTo(64);
    assertThat(said.toString()).startsWith("gatepost route: ").contains("nonsense");
    assertThat(service.calls()).isEmpty();
  }

  @Test
  void whereNobodyAnswersItSaysSo() {
    int status = run("a@here.example", "--url", "http://127.0.0.1:1");

    assertThat(status).isEqualTo(69);
    assertThat(said.toString()).startsWith("gatepost route: ").contains("http://127.0.0.1:1");
  }

  private int run(String... arguments) {
    CommandLine line = Gatepost.commandLine(new StopSequence());
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(said, true));
    String[] all = new String[arguments.length + 1];
    all[0] = "route";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return line.execute(all);
  }

  private static Object answer(String method) {
    return switch (method) {
      case "Explain" ->
          new RouteExplanation(
              List.of(
                  new RouteExplanation.Step(
                      "aliases", "team@here.example", "is bob@far.example, gone@here.example")),
              ANSWER);
      case "Route" -> new RouteAnswer.Refused(Reason.RELAY_DENIED, Replies.RELAY_DENIED);
      default -> throw new IllegalArgumentException(method);
    };
  }

  private String asked(String method) {
    return service.calls().stream()
        .filter(call -> call.path().equals("/gatepost.routing.v1.Routing/" + method))
        .map(FakeService.Call::body)
        .findFirst()
        .orElseThrow();
  }

  private String url() {
    return service.url().toString();
  }
}
