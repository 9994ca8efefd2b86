package io.gatepost.delivery.transport.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeAnswer.NotAsked;
import io.gatepost.contract.delivery.ProbeAnswer.OfHost;
import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.reply.Reason;
import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Probes of hosts that give up, delay, or answer what was not asked; and the mail behind them.
class BadlyBehavedHostsTest extends ProbeFixture {

  /// A host that takes a number of refusals in a connection, and closes it then.
  private static Script closingAfter(int refusals) {
    Map<Integer, AtomicInteger> refused = new ConcurrentHashMap<>();
    return knowingNobodyBut((connection, command) ->
        refused.computeIfAbsent(connection, _ -> new AtomicInteger()).incrementAndGet() > refusals
            ? "421 4.7.0 too many errors"
            : "550 5.1.1 no such user");
  }

  private interface Refusal {
    String of(int connection, String command);
  }

  /// Every recipient but ann is refused in such words.
  private static Script knowingNobodyBut(Refusal refusal) {
    return new Script() {
      @Override
      String reply(int connection, String command) {
        return command.startsWith("RCPT") && !command.contains("<ann@")
            ? refusal.of(connection, command)
            : super.reply(connection, command);
      }
    };
  }

  private void assertMailFlows(SmtpTransport transport, FakeHost host) {
    assertThat(deliver(transport, message("ann@dest.example"), host))
        .allMatch(TransportFixture::isDelivered);
    assertThat(host.received()).hasSize(1);
    assertThat(host.received().getFirst().commands())
        .anyMatch(command -> command.equals("RCPT TO:<ann@dest.example>"))
        .filteredOn(command -> command.startsWith("RCPT"))
        .hasSize(1);
  }

  @Test
  void aHostThatClosesAfterSomeRefusalsIsAskedOverOtherConnections() {
    FakeHost host = host(closingAfter(5));
    SmtpTransport transport = transport(4);
    Probes probes = probes(transport);

    List<ProbeAnswer> answers = answers(ask(probes, 40, host.hop()));

    assertThat(answers).allMatch(ProbeFixture::isRefused);
    assertMailFlows(transport, host);
  }

  @Test
  void onceItIsKnownTheConnectionIsGivenUpBefore() {
    AtomicInteger closed = new AtomicInteger();
    Script closing = closingAfter(5);
    FakeHost host =
        host(
            new Script() {
              @Override
              String reply(int connection, String command) {
                String reply = closing.reply(connection, command);
                if (reply.startsWith("421")) {
                  closed.incrementAndGet();
                }
                return reply;
              }
            });
    Probes probes = probes(transport(1));
    answers(ask(probes, 10, host.hop()));
    int before = closed.get();

    assertThat(answers(ask(probes, 40, host.hop()))).allMatch(ProbeFixture::isRefused);

    assertThat(closed.get()).isEqualTo(before);
    assertThat(host.commands()).contains("QUIT");
  }

  @Test
  void aHostThatAlwaysClosesIsNotDownForMail() {
    FakeHost host = host(closingAfter(0));
    SmtpTransport transport = transport(2);

    assertThat(answer(probes(transport), "bob", host.hop()))
        .isInstanceOfSatisfying(
            NotAsked.class,
            not -> {
              assertThat(not.reason()).isEqualTo(Reason.NEXT_HOP_DEFERRED);
              assertThat(not.reply().code().value()).isEqualTo(421);
            });
    assertThat(host.connections()).isEqualTo(3);
    assertMailFlows(transport, host);
  }

  @Test
  void aHostThatHangsUpIsNotDownForMail() {
    FakeHost host = host(knowingNobodyBut((connection, command) -> FakeHost.HANG_UP));
    SmtpTransport transport = transport(2);

    assertThat(answer(probes(transport), "bob", host.hop()))
        .isInstanceOfSatisfying(
            OfHost.class, lost -> assertThat(lost.stage()).isEqualTo(Stage.LOST));
    assertMailFlows(transport, host);
  }

  @Test
  void tooManyRecipientsGoIntoTheNextTransaction() {
    AtomicInteger recipients = new AtomicInteger();
    FakeHost host =
        host(
            new Script() {
              @Override
              String reply(int connection, String command) {
                if (command.startsWith("MAIL")) {
                  recipients.set(0);
                }
                return command.startsWith("RCPT") && recipients.incrementAndGet() > 3
                    ? "452 4.5.3 too many recipients"
                    : super.reply(connection, command);
              }
            });

    assertThat(answers(ask(probes(transport(1)), 20, host.hop())))
        .allMatch(ProbeFixture::isAccepted);
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void aRefusedRsetLeavesNoTransactionToMail() {
    AtomicInteger resets = new AtomicInteger();
    FakeHost host =
        host(
            new Script() {
              @Override
              String reply(int connection, String command) {
                return command.equals("RSET") && resets.incrementAndGet() == 1
                    ? "502 5.5.1 what?"
                    : super.reply(connection, command);
              }
            });
    SmtpTransport transport = transport(2);

    assertThat(isAccepted(answer(probes(transport), "bob", host.hop()))).isTrue();
    await().until(() -> host.openConnections() == 0);
    assertMailFlows(transport, host);
    assertThat(host.connections()).isEqualTo(2);
  }

  @Test
  void anAnswerThatMayBeAnothersIsNotUsed() {
    AtomicInteger mails = new AtomicInteger();
    FakeHost host =
        host(
            new Script() {
              @Override
              String reply(int connection, String command) {
                if (command.startsWith("MAIL") && mails.incrementAndGet() == 1) {
                  return "250 2.1.0 ok\r\n250 2.0.0 and once more";
                }
                return command.startsWith("RCPT") ? "550 5.1.1 no such user" : "250 2.0.0 ok";
              }

              @Override
              boolean isInOneGo() {
                return true;
              }
            });

    assertThat(isRefused(answer(probes(transport(1)), "bob", host.hop()))).isTrue();
    assertThat(host.connections()).isEqualTo(2);
  }

  @Test
  void halfALineBehindTheAnswersBeginsNoMail() {
    FakeHost host =
        host(
            new Script() {
              @Override
              String reply(int connection, String command) {
                return connection == 1 && command.equals("RSET")
                    ? "250 2.0.0 ok\r\n421 4.3.2 half a li\0"
                    : super.reply(connection, command);
              }
            });
    SmtpTransport transport = transport(2);

    assertThat(isAccepted(answer(probes(transport), "bob", host.hop()))).isTrue();
    assertMailFlows(transport, host);
    assertThat(host.received().getFirst().connection()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n550 5.7.1 half a li\0", "\r\n421 4.3.2 a whole one"})
  void aHostThatGoesOnBehindItsExtensionsIsPassedOver(String more) {
    FakeHost first =
        host(
            new Script() {
              @Override
              String behindExtensions(int connection) {
                return more;
              }
            });
    FakeHost second = host(new Script());

    assertThat(result(start(transport(1), message("ann@dest.example"), first.hop(), second.hop())))
        .allMatch(TransportFixture::isDelivered);
    assertThat(first.connections()).isEqualTo(1);
    assertThat(second.received()).hasSize(1);
  }

  @Test
  void halfALineBetweenMailsEndsTheConnection() throws IOException {
    FakeHost host = host(new Script());
    SmtpTransport transport = transport(1);
    assertThat(deliver(transport, message("bob@dest.example"), host))
        .allMatch(TransportFixture::isDelivered);
    await().until(() -> transport.states().getFirst().idleConnections() == 1);

    host.interject("550 5.7.1 half a li");

    await().until(() -> host.openConnections() == 0);
    assertThat(deliver(transport, message("ann@dest.example"), host))
        .allMatch(TransportFixture::isDelivered);
    assertThat(host.received()).hasSize(2);
  }

  @Test
  void aSilentHostIsGivenUpAfterItsTime() {
    FakeHost host = host(knowingNobodyBut((connection, command) -> FakeHost.SILENCE));
    SmtpTransport transport = transport(2);

    assertThat(answer(probes(transport, Duration.ofMillis(300)), "bob", host.hop()))
        .isInstanceOfSatisfying(
            NotAsked.class, late -> assertThat(late.reason()).isEqualTo(Reason.DEADLINE_EXCEEDED));
    assertMailFlows(transport, host);
  }

  @Test
  void aHostThatGreetsNoMoreProbesIsTriedByMail() {
    AtomicInteger greeted = new AtomicInteger();
    FakeHost host =
        host(
            new Script() {
              @Override
              String greeting(int connection) {
                return greeted.incrementAndGet() == 1 ? "421 4.7.0 too often" : "220 host";
              }
            });
    SmtpTransport transport = transport(2);

    assertThat(answer(probes(transport), "bob", host.hop()))
        .isInstanceOfSatisfying(
            OfHost.class, refused -> assertThat(refused.stage()).isEqualTo(Stage.GREETING));
    assertMailFlows(transport, host);
  }

  @Test
  void whatWaitsAtTheEndIsAnswered() {
    FakeHost host = host(replying("R", FakeHost.SILENCE));
    SmtpTransport transport = transport(1);
    Probes probes = probes(transport);
    List<CompletableFuture<ProbeAnswer>> asked = ask(probes, 20, host.hop());
    await().until(() -> host.commands().stream().anyMatch(each -> each.startsWith("RCPT")));

    transport.stopAccepting();
    probes.close();

    assertThat(answers(asked)).allMatch(answer -> answer instanceof NotAsked);
  }
}
