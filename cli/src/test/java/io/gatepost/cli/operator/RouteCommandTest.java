package io.gatepost.cli.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.cli.CommandTree;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteExplanation.Result;
import io.gatepost.contract.routing.RouteExplanation.Step;
import io.gatepost.contract.routing.RouteExplanation.Visit;
import io.gatepost.contract.verification.VerificationOperator.ServedDomain;
import io.gatepost.contract.wire.ContractJson;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  private static final Visit TREE =
      visit(
          "team@here.example",
          new Step(
              "aliases",
              "/etc/aliases:3 team",
              12,
              Result.REWRITE,
              "is bob@far.example, gone@here.example",
              List.of(
                  visit(
                      "bob@far.example",
                      new Step("aliases", "", 4, Result.NOT_MINE, "not mine", List.of()),
                      new Step("mailboxes", "", 5, Result.NOT_MINE, "not mine", List.of()),
                      new Step(
                          "dns",
                          "DNS",
                          1_234,
                          Result.DELIVER,
                          "deliver to mx:far.example",
                          List.of())),
                  visit(
                      "gone@here.example",
                      new Step(
                          "mailboxes", "list of mailboxes", 4, Result.REFUSE, "refuse", List.of())),
                  visit("bob@far.example"))));

  private String clientOrigin = "EXTERNAL";
  private Object acceptingAll = List.of();
  private final StringWriter said = new StringWriter();
  private final FakeService service =
      FakeService.answering(call -> ContractJson.MAPPER.writeValueAsString(answer(call.method())));

  @AfterEach
  void stopService() {
    service.close();
  }

  @Test
  void theStepsAreATreeWithEachEndAndWhatClientsAreTold() {
    int status = run("--url", url(), "--from", "ann@here.example", "team@here.example");

    assertThat(status).as(said.toString()).isZero();
    assertThat(said.toString())
        .isEqualTo(
            """
            team@here.example
              aliases: is bob@far.example, gone@here.example  (/etc/aliases:3 team, 12 µs)
                bob@far.example
                  aliases, mailboxes: not mine  (9 µs)
                  dns: deliver to mx:far.example  (DNS, 1.2 ms)
                gone@here.example
                  mailboxes: refuse  (list of mailboxes, 4 µs)
                bob@far.example  (not followed here)

            bob@far.example goes to mx:far.example
                mx.far.example[192.0.2.1]:25
            gone@here.example is left out: 550 5.1.1 No such user

            our own clients are told  that it is good
            strangers are told        554 5.7.1 Relay access denied
            """);
    assertThat(asked("Explain")).contains("team@here.example", "ann@here.example", "ANYWHERE");
    assertThat(asked("Route")).contains("team@here.example", "HOSTED");
  }

  @ParameterizedTest
  @CsvSource({
    "EXTERNAL, HOSTED, ANYWHERE, 192.0.2.7 is a stranger unless it authenticates",
    "INTERNAL, ANYWHERE, HOSTED, 192.0.2.7 is one of our own clients"
  })
  void theStepsAreThoseOfTheClient(String origin, String its, String other, String line) {
    clientOrigin = origin;

    int status = run("--url", url(), "--client", "192.0.2.7", "team@here.example");

    assertThat(status).as(said.toString()).isZero();
    assertThat(said.toString()).endsWith(line + "\n");
    assertThat(asked("Explain")).contains(its);
    assertThat(asked("Route")).contains(other);
    assertThat(service.calls().getFirst().path()).startsWith("/gatepost.edge.v1.Clients/Origin");
  }

  @Test
  void theEdgeMayAnswerElsewhere() {
    try (FakeService edge = FakeService.answering(_ -> "\"INTERNAL\"")) {
      int status =
          run(
              "--url",
              url(),
              "--edge-url",
              edge.url().toString(),
              "--client",
              "::1",
              "team@here.example");

      assertThat(status).as(said.toString()).isZero();
      assertThat(edge.calls()).hasSize(1);
      assertThat(said.toString()).contains("::1 is one of our own clients");
    }
  }

  @Test
  void aClientIsAnAddress() {
    int status = run("--client", "mail.example", "team@here.example", "--url", url());

    assertThat(status).isEqualTo(64);
    assertThat(said.toString()).contains("mail.example");
    assertThat(service.calls()).isEmpty();
  }

  @Test
  void aHostThatAcceptsEverybodyIsMarked() {
    acceptingAll = List.of(new ServedDomain("mx:far.example", FAR.domain()));

    int status = run("team@here.example", "--url", url());

    assertThat(status).as(said.toString()).isZero();
    assertThat(said.toString())
        .contains(
            """
            bob@far.example goes to mx:far.example
                mx.far.example[192.0.2.1]:25
                accepts every address of far.example at RCPT: nothing can be refused before it
            """);
    said.getBuffer().setLength(0);
    run("--json", "team@here.example", "--url", url());
    assertThat(said.toString())
        .contains(
            "\"acceptingAll\":[{\"destination\":\"mx:far.example\",\"domain\":\"far.example\"}]");
  }

  @Test
  void aRouteIsShownWhileVerificationDoesNotAnswer() {
    acceptingAll = "no list";

    int status = run("--json", "team@here.example", "--url", url());

    assertThat(status).as(said.toString()).isZero();
    assertThat(said.toString()).contains("\"acceptingAll\":null");
  }

  @Test
  void asJsonItIsAllAnswers() {
    int status = run("--json", "team@here.example", "--client", "192.0.2.7", "--url", url());

    assertThat(status).as(said.toString()).isZero();
    assertThat(said.toString())
        .startsWith("{\"explanation\":{\"start\":{\"address\":\"team@here.example\",\"steps\":[{")
        .contains(
            "\"own\":{\"type\":\"refused\"",
            "\"stranger\":{\"type\":\"resolved\"",
            "\"client\":{\"address\":\"192.0.2.7\",\"origin\":\"EXTERNAL\"}");
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
    CommandLine line = CommandTree.ofClient();
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(said, true));
    String[] all = new String[arguments.length + 1];
    all[0] = "route";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return line.execute(all);
  }

  private Object answer(String method) {
    return switch (method) {
      case "Explain" -> new RouteExplanation(TREE, ANSWER);
      case "AcceptingAll" -> acceptingAll;
      case "Route" -> new RouteAnswer.Refused(Reason.RELAY_DENIED, Replies.RELAY_DENIED);
      default -> clientOrigin;
    };
  }

  private String asked(String method) {
    return service.calls().stream()
        .filter(call -> call.path().equals("/gatepost.routing.v1.Routing/" + method))
        .map(FakeService.Call::body)
        .findFirst()
        .orElseThrow();
  }

  private static Visit visit(String address, Step... steps) {
    return new Visit(ForwardPath.of(address), List.of(steps));
  }

  private String url() {
    return service.url().toString();
  }
}
