package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeAnswer.NotAsked;
import io.gatepost.contract.delivery.ProbeAnswer.OfHost;
import io.gatepost.contract.delivery.ProbeAnswer.OfRecipient;
import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbesTest extends ProbeFixture {

  @Test
  void theHostsAnswerToRcptIsTheAnswer() {
    FakeHost host = host(knowing("ann"));
    SmtpTransport transport = transport();
    Probes probes = probes(transport);

    assertThat(answer(probes, "ann", host.hop()))
        .isEqualTo(new OfRecipient(host.hop(), Reply.of(250, "2.0.0", "ok")));
    assertThat(answer(probes, "bob", host.hop()))
        .isEqualTo(new OfRecipient(host.hop(), Reply.of(550, "5.1.1", "no such user")));
    assertThat(host.connections()).isEqualTo(1);
    assertThat(host.commands()).noneMatch(command -> command.startsWith("DATA"));
  }

  @Test
  void aMessageGoesOverTheConnectionOfTheProbe() {
    FakeHost host = host(knowing("ann"));
    SmtpTransport transport = transport();
    answer(probes(transport), "bob", host.hop());

    assertThat(deliver(transport, message("ann@dest.example"), host))
        .allMatch(TransportFixture::isDelivered);

    assertThat(host.connections()).isEqualTo(1);
    assertThat(host.received()).hasSize(1);
  }

  @Test
  void aConnectionIsFreeForTheNextBeforeItsAnswerIsTold() {
    FakeHost host = host(knowing("ann"));
    SmtpTransport transport = transport();
    ProbeRequest request = request("ann", host.hop());
    Probe probe = new Probe(request);
    CompletableFuture<Integer> idle =
        probe
            .answer()
            .map(_ -> transport.states().getFirst().idleConnections()) // runs where it is told
            .toFuture();

    transport.probe(probe, request.destination());

    assertThat(idle.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(1);
  }

  @Test
  void whatWaitsForOneHostSharesATransaction() {
    CompletableFuture<Void> allAsked = new CompletableFuture<>();
    Script knowing = knowing("u1");
    FakeHost host =
        host(
            new Script() {
              @Override
              String greeting(int connection) {
                allAsked.join();
                return super.greeting(connection);
              }

              @Override
              String reply(int connection, String command) {
                return knowing.reply(connection, command);
              }
            });
    Probes probes = probes(transport(1));

    List<CompletableFuture<ProbeAnswer>> asked = ask(probes, 10, host.hop());
    allAsked.complete(null);
    List<ProbeAnswer> answers = answers(asked);

    assertThat(answers).filteredOn(ProbesTest::isAccepted).hasSize(1);
    assertThat(isAccepted(answers.get(1))).isTrue();
    assertThat(host.commands().stream().filter(each -> each.startsWith("MAIL"))).hasSizeLessThan(3);
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void sendersAreNotMixed() {
    FakeHost host = host(knowing("ann"));
    Probes probes = probes(transport(1));
    List<CompletableFuture<ProbeAnswer>> asked =
        IntStream.range(0, 6)
            .mapToObj(i -> start(probes, "s" + i % 2 + "@src.example", "ann", host.hop()))
            .toList();

    answers(asked);

    assertThat(host.commands())
        .contains("MAIL FROM:<s0@src.example>", "MAIL FROM:<s1@src.example>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PIPELINING", "8BITMIME"})
  void aRefusedSenderIsTheHosts(String extension) {
    FakeHost host =
        host(
            new Script() {
              @Override
              List<String> extensions() {
                return List.of(extension);
              }

              @Override
              String reply(int connection, String command) {
                if (command.startsWith("MAIL")) {
                  return "550 5.7.1 no bounces here";
                }
                return command.startsWith("RCPT") ? "503 5.5.1 MAIL first" : "250 2.0.0 ok";
              }
            });

    assertThat(answer(probes(transport()), "ann", host.hop()))
        .isEqualTo(new OfHost(host.hop(), Stage.MAIL, Reply.of(550, "5.7.1", "no bounces here")));
  }

  @Test
  void aHostThatCannotBeReachedIsNotAsked() {
    NextHop nobody = new NextHop("[127.0.0.1]", "127.0.0.1", 1);

    assertThat(answer(probes(transport()), "ann", nobody)).isInstanceOf(NotAsked.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"521 5.3.2 no mail here", "554 5.3.2 no mail here"})
  void thatEveryHopRefusesAllMailIsSaid(String greeting) {
    FakeHost first = host(greeting(greeting));
    FakeHost second = host(greeting(greeting));

    assertThat(answer(probes(transport()), "ann", first.hop(), second.hop()))
        .isInstanceOfSatisfying(
            OfHost.class, host -> assertThat(host.stage()).isEqualTo(Stage.NO_MAIL));
  }

  @Test
  void thatOneHopRefusesAllMailIsNotTheEnd() {
    FakeHost first = host(greeting("521 5.3.2 no mail here"));
    FakeHost second = host(greeting("450 4.3.2 not now"));

    assertThat(answer(probes(transport()), "ann", first.hop(), second.hop()))
        .isEqualTo(new OfHost(second.hop(), Stage.GREETING, Reply.of(450, "4.3.2", "not now")));
  }

  @Test
  void theNextHopIsAskedWhereTheFirstDoesNotTalk() {
    FakeHost first = host(greeting("421 4.3.2 not now"));
    FakeHost second = host(knowing("ann"));

    assertThat(answer(probes(transport()), "ann", first.hop(), second.hop()))
        .isInstanceOfSatisfying(
            OfRecipient.class, asked -> assertThat(asked.hop()).isEqualTo(second.hop()));
  }

  @Test
  void aProbeGoesOnWhenItsCallerHasGone() {
    FakeHost host = host(knowing("ann"));
    Probes probes = probes(transport());

    probes.ask(request("ann", host.hop())).subscribe().dispose();

    await().until(() -> host.commands().contains("RCPT TO:<ann@dest.example>"));
    await().until(() -> counted("accepted") == 1);
  }

  @Test
  void whatADeliveryHearsAtRcptIsTold() {
    FakeHost host = host(knowing("ann"));
    SmtpTransport transport = transport();

    result(
        start(
            transport,
            Messages.to(recipient("ann@dest.example"), recipient("bob@dest.example")),
            host.hop()));

    assertThat(heard)
        .extracting(one -> one.recipient().toString(), one -> one.reply().code().value())
        .containsExactly(tuple("ann@dest.example", 250), tuple("bob@dest.example", 550));
  }

  @Test
  void whatIsHeardOfOtherPeoplesHostsIsNotTold() {
    FakeHost host = host(knowing("ann"));
    CompletableFuture<Void> ended = new CompletableFuture<>();
    EnvelopeRecord message = message("ann@dest.example");

    transport()
        .deliver(
            message,
            message.envelope().recipients(),
            new Destination.Smtp("mx:dest.example", NamedBy.DNS, List.of(host.hop())),
            outcomes -> ended.complete(null));

    ended.orTimeout(20, TimeUnit.SECONDS).join();
    assertThat(heard).isEmpty();
  }
}
