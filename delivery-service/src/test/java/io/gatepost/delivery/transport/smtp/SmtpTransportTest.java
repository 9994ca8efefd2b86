package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipient;
import static io.gatepost.delivery.Messages.recipients;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.DsnParameters.Return;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpTransportTest extends TransportFixture {

  @Test
  void aMessageArrivesOctetForOctet() {
    FakeHost host = host(new Script());

    List<RecipientOutcome> outcomes = deliver(transport(), message("ann@dest.example"), host);

    assertThat(outcomes).singleElement().isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(host.received().getFirst().content()).isEqualTo(Messages.TEXT);
  }

  @Test
  void oneConnectionServesManyMessages() {
    FakeHost host = host(new Script());
    SmtpTransport transport = transport(1);

    List<CompletableFuture<List<RecipientOutcome>>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(start(transport, message("ann@dest.example"), host.hop()));
    }

    all.forEach(each -> assertThat(result(each)).allMatch(TransportFixture::isDelivered));
    assertThat(host.received()).hasSize(50);
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void manyRecipientsGoInSeveralTransactions() {
    FakeHost host = host(new Script());

    List<RecipientOutcome> outcomes = deliver(transport(), Messages.to(recipients(1_000)), host);

    assertThat(outcomes).hasSize(1_000).allMatch(TransportFixture::isDelivered);
    assertThat(outcomes).extracting(RecipientOutcome::recipient).doesNotHaveDuplicates();
    assertThat(host.received()).hasSize(10).allMatch(received -> received.commands().size() == 102);
  }

  @Test
  void aHostsLimitOfRecipientsIsKept() {
    FakeHost host = host(offering("PIPELINING", "LIMITS RCPTMAX=7"));

    List<RecipientOutcome> outcomes = deliver(transport(), Messages.to(recipients(30)), host);

    assertThat(outcomes).hasSize(30).allMatch(TransportFixture::isDelivered);
    assertThat(host.received()).hasSize(5).allMatch(r -> r.commands().size() <= 9);
  }

  @Test
  void recipientsAreToldOfWhenTheirOwnTransactionEnds() {
    FakeHost host =
        host(
            new Script() {
              @Override
              List<String> extensions() {
                return List.of("LIMITS RCPTMAX=1");
              }

              @Override
              String reply(int connection, String command) {
                return command.contains("r2@")
                    ? FakeHost.SILENCE
                    : super.reply(connection, command);
              }
            });
    EnvelopeRecord message = Messages.to(recipients(3));
    List<RecipientOutcome> known = new CopyOnWriteArrayList<>();

    transport(1)
        .deliver(
            message,
            message.envelope().recipients(),
            new Destination.Smtp("smtp:test", List.of(host.hop())),
            known::addAll);

    await().until(() -> known.size() == 2);
    assertThat(known).allMatch(TransportFixture::isDelivered);
  }

  @Test
  void aHostsLimitOfMessagesIsKept() {
    FakeHost host = host(offering("PIPELINING", "LIMITS MAILMAX=2"));
    SmtpTransport transport = transport(1);

    List<CompletableFuture<List<RecipientOutcome>>> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      all.add(start(transport, message("ann@dest.example"), host.hop()));
    }

    all.forEach(each -> assertThat(result(each)).allMatch(TransportFixture::isDelivered));
    assertThat(host.connections()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "452 4.5.3 too many recipients",
        "552 Too many recipients",
        "552 5.5.3 too many recipients"
      })
  void recipientsThatWereTooManyGoInTheNextTransaction(String tooMany) {
    FakeHost host =
        host(
            new Script() {
              private int inTransaction;

              @Override
              synchronized String reply(int connection, String command) {
                if (command.startsWith("MAIL")) {
                  inTransaction = 0;
                }
                return command.startsWith("RCPT") && ++inTransaction > 3
                    ? tooMany
                    : super.reply(connection, command);
              }
            });

    List<RecipientOutcome> outcomes = deliver(transport(1), Messages.to(recipients(8)), host);

    assertThat(outcomes).hasSize(8).allMatch(TransportFixture::isDelivered);
    assertThat(host.received()).hasSize(3);
  }

  @Test
  void recipientsInAsciiAreServedBesideOneThatTheHostCannotName() {
    FakeHost host = host(new Script());
    MailParameters parameters =
        new MailParameters(
            BodyType.EIGHT_BIT_MIME, AddressForm.UTF8_ADDRESSES, DsnParameters.OfMessage.NONE);

    List<RecipientOutcome> outcomes =
        deliver(
            transport(),
            Messages.message(
                ReversePath.of("me@src.example"),
                parameters,
                Messages.TEXT,
                recipient("bob@dest.example"),
                recipient("\u00fcser@dest.example")),
            host);

    assertThat(outcomes)
        .filteredOn(TransportFixture::isDelivered)
        .extracting(RecipientOutcome::recipient)
        .containsExactly(recipient("bob@dest.example"));
    assertThat(outcomes)
        .filteredOn(RecipientOutcome.Failed.class::isInstance)
        .extracting(RecipientOutcome::recipient)
        .containsExactly(recipient("\u00fcser@dest.example"));
  }

  @Test
  void aHostThatTakesNobodyIsNotAskedForEver() {
    FakeHost host = host(replying("RCPT", "452 4.5.3 too many recipients"));

    List<RecipientOutcome> outcomes = deliver(transport(), Messages.to(recipients(3)), host);

    assertThat(outcomes).hasSize(3).allMatch(RecipientOutcome.Deferred.class::isInstance);
  }

  @Test
  void eachRecipientHasItsOwnOutcome() {
    FakeHost host =
        host(
            new Script() {
              @Override
              String reply(int connection, String command) {
                if (command.contains("bad@")) {
                  return "550 5.1.1 no such user";
                }
                return command.contains("later@")
                    ? "451 4.2.1 later"
                    : super.reply(connection, command);
              }
            });
    EnvelopeRecord message =
        Messages.to(
            recipient("bad@dest.example"),
            recipient("good@dest.example"),
            recipient("later@dest.example"));

    List<RecipientOutcome> outcomes = deliver(transport(), message, host);

    assertThat(outcomes.get(0)).isInstanceOf(RecipientOutcome.Failed.class);
    assertThat(outcomes.get(1)).isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(outcomes.get(2)).isInstanceOf(RecipientOutcome.Deferred.class);
  }

  @Test
  void noticesAreTheNextHopsBusinessWhereItTakesThemOver() {
    FakeHost host = host(offering("PIPELINING", "DSN"));
    MailParameters parameters =
        new MailParameters(
            BodyType.SEVEN_BIT,
            AddressForm.ASCII,
            new DsnParameters.OfMessage(Optional.of(Return.FULL), Optional.of("id1")));

    List<RecipientOutcome> outcomes =
        deliver(
            transport(),
            Messages.message(
                ReversePath.of("me@src.example"),
                parameters,
                Messages.TEXT,
                recipient("ann@dest.example", Notify.SUCCESS)),
            host);

    assertThat(((RecipientOutcome.Delivered) outcomes.getFirst()).handover())
        .isEqualTo(Handover.PASSED_ON);
    assertThat(host.commands())
        .contains(
            "MAIL FROM:<me@src.example> RET=FULL ENVID=id1",
            "RCPT TO:<ann@dest.example> NOTIFY=SUCCESS");
  }

  @Test
  void noticesStayOurBusinessWhereTheNextHopKnowsNone() {
    FakeHost host = host(new Script());

    List<RecipientOutcome> outcomes = deliver(transport(), message("ann@dest.example"), host);

    assertThat(((RecipientOutcome.Delivered) outcomes.getFirst()).handover())
        .isEqualTo(Handover.RELAYED);
  }

  @Test
  void closingEndsIdleConnections() {
    FakeHost host = host(new Script());
    SmtpTransport transport = transport();
    deliver(transport, message("ann@dest.example"), host);
    await()
        .untilAsserted(
            () -> assertThat(transport.states().getFirst().idleConnections()).isEqualTo(1));

    transport.close();

    await().untilAsserted(() -> assertThat(host.openConnections()).isZero());
    assertThat(host.commands()).contains("QUIT");
    assertThat(transport.states().getFirst().idleConnections()).isZero();
  }
}
