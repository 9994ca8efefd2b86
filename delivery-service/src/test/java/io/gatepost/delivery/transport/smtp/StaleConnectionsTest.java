package io.gatepost.delivery.transport.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Connections that a question or a mail has left open, and that are not what they were: the next
/// mail is neither deferred nor refused for it.
class StaleConnectionsTest extends ProbeFixture {

  /// A host that answers so on its first connection, from its second transaction on.
  private static Script stale(String verb, String reply, String... extensions) {
    return new Script() {
      private int begun;

      @Override
      List<String> extensions() {
        return List.of(extensions);
      }

      @Override
      synchronized String reply(int connection, String command) {
        if (command.startsWith("MAIL")) {
          begun++;
        }
        boolean isStale = connection == 1 && begun > 1;
        return isStale && command.startsWith(verb) ? reply : super.reply(connection, command);
      }
    };
  }

  @ParameterizedTest
  @CsvSource({
    "MAIL, 421 4.3.2 closing, PIPELINING",
    "RCPT, 421 4.3.2 closing, PIPELINING",
    "DATA, 421 4.3.2 closing, PIPELINING",
    "MAIL, hang up, PIPELINING",
    "MAIL, 503 5.5.1 bad sequence, PIPELINING",
    "MAIL, 421 4.3.2 closing, 8BITMIME",
    "MAIL, 503 5.5.1 bad sequence, 8BITMIME",
    "DATA, 421 4.3.2 closing, 8BITMIME"
  })
  void theHostIsDialledAgain(String verb, String reply, String extension) {
    FakeHost asked = host(stale(verb, reply, extension));
    SmtpTransport transport = transport(1);
    assertThat(isAccepted(answer(probes(transport), "ann", asked.hop()))).isTrue();
    assertIsDialledAgain(transport, asked, 1);

    FakeHost used = host(stale(verb, reply, extension));
    SmtpTransport another = transport(1);
    deliver(another, message("bob@dest.example"), used);
    assertIsDialledAgain(another, used, 2);
  }

  private static void assertIsDialledAgain(SmtpTransport transport, FakeHost host, int received) {
    assertThat(deliver(transport, message("ann@dest.example"), host))
        .allMatch(TransportFixture::isDelivered);
    assertThat(host.connections()).isEqualTo(2);
    assertThat(host.received()).hasSize(received);
  }

  @Test
  void theConnectionOfAQuestionIsUsedForTheMail() {
    FakeHost host = host(new Script());
    SmtpTransport transport = transport(2);
    assertThat(isAccepted(answer(probes(transport), "ann", host.hop()))).isTrue();
    await().until(() -> transport.states().getFirst().idleConnections() == 1);

    HeldMail mail = HeldMail.start(transport, message("ann@dest.example"), host.hop());
    mail.part(1).go();

    assertThat(mail.outcomes()).allMatch(TransportFixture::isDelivered);
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void aHostThatClosedAnIdleConnectionWithAWordIsDialledAgain() {
    FakeHost host =
        host(
            new Script() {
              @Override
              String reply(int connection, String command) {
                return connection == 1 && command.equals("RSET")
                    ? "250 2.0.0 ok\r\n421 4.4.2 idle for too long"
                    : super.reply(connection, command);
              }
            });
    SmtpTransport transport = transport(1);

    assertThat(isAccepted(answer(probes(transport), "ann", host.hop()))).isTrue();
    await().until(() -> host.openConnections() == 0);
    assertIsDialledAgain(transport, host, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"503 5.5.1 bad sequence", "550 5.7.1 not you"})
  void onANewConnectionTheHostMeansWhatItSays(String reply) {
    FakeHost host = host(replying("MAIL", reply));

    assertThat(deliver(transport(), message("ann@dest.example"), host))
        .noneMatch(TransportFixture::isDelivered);
    assertThat(host.connections()).isEqualTo(1);
  }
}
