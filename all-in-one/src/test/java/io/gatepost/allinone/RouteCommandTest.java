package io.gatepost.allinone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
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
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
  private final Map<String, Object> answers = new ConcurrentHashMap<>();
  private final Map<String, String> asked = new ConcurrentHashMap<>();
  private HttpServer server;

  /// Answers as routing-service, and notes what it was asked.
  @BeforeEach
  void startServer() throws IOException {
    answers.put(
        "Explain",
        new RouteExplanation(
            List.of(
                new RouteExplanation.Step(
                    "aliases", "team@here.example", "is bob@far.example, gone@here.example")),
            ANSWER));
    answers.put("Route", new RouteAnswer.Refused(Reason.RELAY_DENIED, Replies.RELAY_DENIED));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/gatepost.routing.v1.Routing/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          String call = path.substring(path.lastIndexOf('/') + 1);
          asked.put(
              call, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] octets = ContractJson.MAPPER.writeValueAsBytes(answers.get(call));
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, octets.length);
          exchange.getResponseBody().write(octets);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
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
    assertThat(asked.get("Explain")).contains("team@here.example", "ann@here.example", "ANYWHERE");
    assertThat(asked.get("Route")).contains("team@here.example", "HOSTED");
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
    assertThat(asked).isEmpty();
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

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }
}
