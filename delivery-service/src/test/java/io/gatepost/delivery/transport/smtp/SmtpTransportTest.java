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
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.delivery.FakeQueue;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import io.gatepost.embedded.FreePort;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SmtpTransportTest {

  private final FakeQueue queue = new FakeQueue();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

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

    all.forEach(each -> assertThat(result(each)).allMatch(SmtpTransportTest::isDelivered));
    assertThat(host.received()).hasSize(50);
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void manyRecipientsGoInSeveralTransactions() {
    FakeHost host = host(new Script());

    List<RecipientOutcome> outcomes = deliver(transport(), Messages.to(recipients(1_000)), host);

    assertThat(outcomes).hasSize(1_000).allMatch(SmtpTransportTest::isDelivered);
    assertThat(outcomes.get(999).recipient().address()).hasToString("r999@dest.example");
    assertThat(host.received()).hasSize(10).allMatch(received -> received.commands().size() == 102);
  }

  @Test
  void aHostsLimitOfRecipientsIsKept() {
    FakeHost host =
        host(
            new Script() {
              @Override
              List<String> extensions() {
                return List.of("PIPELINING", "LIMITS RCPTMAX=7");
              }
            });

    List<RecipientOutcome> outcomes = deliver(transport(), Messages.to(recipients(30)), host);

    assertThat(outcomes).hasSize(30).allMatch(SmtpTransportTest::isDelivered);
    assertThat(host.received()).hasSize(5).allMatch(r -> r.commands().size() <= 9);
  }

  @Test
  void aHostsLimitOfMessagesIsKept() {
    FakeHost host =
        host(
            new Script() {
              @Override
              List<String> extensions() {
                return List.of("PIPELINING", "LIMITS MAILMAX=2");
              }
            });
    SmtpTransport transport = transport(1);

    List<CompletableFuture<List<RecipientOutcome>>> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      all.add(start(transport, message("ann@dest.example"), host.hop()));
    }

    all.forEach(each -> assertThat(result(each)).allMatch(SmtpTransportTest::isDelivered));
    assertThat(host.connections()).isEqualTo(3);
  }

  @Test
  void recipientsThatWereTooManyGoInTheNextTransaction() {
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
                    ? "452 4.5.3 too many recipients"
                    : super.reply(connection, command);
              }
            });

    List<RecipientOutcome> outcomes = deliver(transport(1), Messages.to(recipients(8)), host);

    assertThat(outcomes).hasSize(8).allMatch(SmtpTransportTest::isDelivered);
    assertThat(host.received()).hasSize(3);
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
  void aHopThatCannotBeReachedIsPassedOver() throws IOException {
    FakeHost second = host(new Script());
    NextHop dead = new NextHop("dead.example", "127.0.0.1", FreePort.find());

    List<RecipientOutcome> outcomes =
        result(start(transport(), message("ann@dest.example"), dead, second.hop()));

    assertThat(outcomes).allMatch(SmtpTransportTest::isDelivered);
  }

  @Test
  void aHopThatFailsBeforeItsGreetingIsPassedOver() {
    FakeHost first = host(greeting(FakeHost.HANG_UP));
    FakeHost second = host(new Script());

    List<RecipientOutcome> outcomes =
        result(start(transport(), message("ann@dest.example"), first.hop(), second.hop()));

    assertThat(outcomes).allMatch(SmtpTransportTest::isDelivered);
    assertThat(first.connections()).isEqualTo(1);
  }

  @Test
  void aHopThatDoesNotWantToTalkIsPassedOver() {
    FakeHost first = host(greeting("554 5.3.2 no mail here"));
    FakeHost second = host(greeting("421 4.3.2 too busy"));
    FakeHost third = host(new Script());

    List<RecipientOutcome> outcomes =
        result(
            start(
                transport(), message("ann@dest.example"), first.hop(), second.hop(), third.hop()));

    assertThat(outcomes).allMatch(SmtpTransportTest::isDelivered);
  }

  @Test
  void aHopThatBreaksMailsIsAvoidedForTheNext() {
    FakeHost first = host(replying("MAIL", FakeHost.HANG_UP));
    FakeHost second = host(new Script());

    List<RecipientOutcome> outcomes =
        result(start(transport(), message("ann@dest.example"), first.hop(), second.hop()));

    assertThat(outcomes).allMatch(SmtpTransportTest::isDelivered);
    assertThat(first.connections()).isEqualTo(1);
  }

  @Test
  void whereNoHopTakesMailAllThatWaitIsDeferredOnce() {
    NextHop dead = new NextHop("dead.example", "127.0.0.1", FreePort.find());
    SmtpTransport transport = transport();

    List<CompletableFuture<List<RecipientOutcome>>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(start(transport, message("ann@dest.example"), dead));
    }

    all.forEach(each ->
        assertThat(result(each))
            .singleElement()
            .isInstanceOfSatisfying(
                RecipientOutcome.Deferred.class,
                deferred -> assertThat(deferred.reason()).isEqualTo(Reason.UNREACHABLE)));
    assertThat(transport.states().getFirst().waiting()).isZero();
  }

  @Test
  void aHostThatBreaksEveryMailIsGivenUpAfterAFewTries() {
    FakeHost host = host(replying("MAIL", FakeHost.HANG_UP));

    List<RecipientOutcome> outcomes = deliver(transport(), message("ann@dest.example"), host);

    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reason()).isEqualTo(Reason.CONNECTION_LOST));
    assertThat(host.connections()).isEqualTo(3);
  }

  @Test
  void aConnectionLostAtTheFinalDotIsNotTriedAgainAtOnce() {
    FakeHost host = host(accepting(FakeHost.HANG_UP));

    List<RecipientOutcome> outcomes = deliver(transport(), message("ann@dest.example"), host);

    assertThat(outcomes).singleElement().isInstanceOf(RecipientOutcome.Deferred.class);
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void aKeptConnectionThatTheHostEndsIsNotHeldAgainstTheNextMessage() {
    FakeHost host =
        host(
            new Script() {
              private int mails;

              @Override
              synchronized String reply(int connection, String command) {
                return command.startsWith("MAIL") && ++mails % 2 == 0
                    ? "421 4.4.2 idle for too long"
                    : super.reply(connection, command);
              }
            });
    SmtpTransport transport = transport(1);

    for (int i = 0; i < 5; i++) {
      assertThat(deliver(transport, message("ann@dest.example"), host))
          .allMatch(SmtpTransportTest::isDelivered);
    }
  }

  @Test
  void keptConnectionsThatHaveGoneAreReplaced() throws IOException {
    FakeHost host = host(new Script());
    SmtpTransport transport = transport();

    for (int i = 0; i < 10; i++) {
      assertThat(deliver(transport, message("ann@dest.example"), host))
          .allMatch(SmtpTransportTest::isDelivered);
      host.hangUp();
    }
  }

  @Test
  void aHostThatClosesWithMailUnderWayIsToldAboutLater() {
    FakeHost host = host(replying("MAIL", "421 4.3.2 shutting down"));

    List<RecipientOutcome> outcomes = deliver(transport(), message("ann@dest.example"), host);

    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reply().code().value()).isEqualTo(421));
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void aHostThatTakesOneConnectionOnlyIsUsedWithOne() {
    FakeHost host =
        host(
            new Script() {
              @Override
              String greeting(int connection) {
                return connection == 1 ? super.greeting(connection) : "421 4.7.0 one at a time";
              }
            });
    SmtpTransport transport = transport(5);
    assertThat(deliver(transport, message("ann@dest.example"), host))
        .allMatch(SmtpTransportTest::isDelivered);

    List<CompletableFuture<List<RecipientOutcome>>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(start(transport, message("ann@dest.example"), host.hop()));
    }

    all.forEach(each -> assertThat(result(each)).allMatch(SmtpTransportTest::isDelivered));
    assertThat(host.connections()).isLessThan(20);
  }

  @Test
  void aDestinationThatIsFullIsBusy() {
    FakeHost host = host(greeting(FakeHost.SILENCE));
    SmtpTransport transport = transport(peers(Map.of()), 1, 2);
    start(transport, message("ann@dest.example"), host.hop());
    start(transport, message("ann@dest.example"), host.hop());

    List<RecipientOutcome> outcomes = deliver(transport, message("ann@dest.example"), host);

    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reason()).isEqualTo(Reason.DESTINATION_BUSY));
  }

  @Test
  void whatIsNoSmtpIsDeferred() {
    FakeHost host = host(greeting("HTTP/1.1 400 Bad Request"));

    assertThat(deliver(transport(), message("ann@dest.example"), host))
        .singleElement()
        .isInstanceOf(RecipientOutcome.Deferred.class);
  }

  @Test
  void aMessageTooLargeForTheHostFailsAndTheConnectionGoesOn() {
    FakeHost host =
        host(
            new Script() {
              @Override
              List<String> extensions() {
                return List.of("PIPELINING", "SIZE 100");
              }
            });
    SmtpTransport transport = transport(1);
    String large = Messages.TEXT + "x".repeat(100) + "\r\n";

    List<RecipientOutcome> outcomes =
        deliver(
            transport,
            Messages.message(
                ReversePath.of("me@src.example"),
                MailParameters.NONE,
                large,
                recipient("ann@dest.example")),
            host);

    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Failed.class,
            failed -> assertThat(failed.reply().status()).hasToString("5.3.4"));
    assertThat(deliver(transport, message("ann@dest.example"), host))
        .allMatch(SmtpTransportTest::isDelivered);
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void manyMessagesTooLargeForTheHostFailOneAfterTheOther() {
    FakeHost host =
        host(
            new Script() {
              @Override
              List<String> extensions() {
                return List.of("PIPELINING", "SIZE 10");
              }
            });
    SmtpTransport transport = transport(1);

    List<CompletableFuture<List<RecipientOutcome>>> all = new ArrayList<>();
    for (int i = 0; i < 1_900; i++) {
      all.add(start(transport, message("ann@dest.example"), host.hop()));
    }

    all.forEach(
        each -> assertThat(result(each)).allMatch(RecipientOutcome.Failed.class::isInstance));
  }

  @Test
  void storedContentGoesByDataWhereThereAreNoChunks() {
    FakeHost host = host(new Script());
    String content = "Subject: big\r\n\r\n" + "..a line that begins with a dot\r\n".repeat(3_000);

    List<RecipientOutcome> outcomes = deliver(transport(), stored(content), host);

    assertThat(outcomes).allMatch(SmtpTransportTest::isDelivered);
    assertThat(host.received().getFirst().content()).isEqualTo(content);
  }

  @Test
  void storedContentGoesInChunksWithoutItsExtraDots() {
    FakeHost host = host(chunking("250 2.0.0 ok"));
    String content = "Subject: big\r\n\r\n" + "..a line that begins with a dot\r\n".repeat(3_000);

    List<RecipientOutcome> outcomes = deliver(transport(), stored(content), host);

    assertThat(outcomes).allMatch(SmtpTransportTest::isDelivered);
    assertThat(host.received().getFirst().content()).isEqualTo(content.replace("\r\n..", "\r\n."));
    assertThat(host.commands()).contains("BDAT 0 LAST").doesNotContain("DATA");
  }

  @Test
  void aRefusedChunkFailsTheMessage() {
    FakeHost host = host(chunking("552 5.3.4 too large"));

    List<RecipientOutcome> outcomes =
        deliver(transport(), stored("Subject: big\r\n\r\n" + "x\r\n".repeat(20_000)), host);

    assertThat(outcomes).singleElement().isInstanceOf(RecipientOutcome.Failed.class);
    assertThat(host.received()).isEmpty();
  }

  @Test
  void contentThatIsMissingIsNeverFinishedAndOthersGoOn() {
    FakeHost host = host(new Script());
    SmtpTransport transport = transport(1);
    EnvelopeRecord missing = Messages.stored(new byte[1_000], recipient("ann@dest.example"));

    List<RecipientOutcome> outcomes = deliver(transport, missing, host);

    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reason()).isEqualTo(Reason.CONTENT_UNAVAILABLE));
    assertThat(deliver(transport, message("bob@dest.example"), host))
        .allMatch(SmtpTransportTest::isDelivered);
    assertThat(host.received()).hasSize(1);
  }

  @Test
  void contentThatIsShorterThanItShouldBeIsNeverFinished() {
    FakeHost host = host(new Script());
    EnvelopeRecord message = Messages.stored(new byte[1_000], recipient("ann@dest.example"));
    queue.put(message, "Subject: short\r\n".getBytes(StandardCharsets.US_ASCII));

    List<RecipientOutcome> outcomes = deliver(transport(), message, host);

    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reason()).isEqualTo(Reason.CONTENT_UNAVAILABLE));
    assertThat(host.received()).isEmpty();
  }

  @Test
  void noticesAreTheNextHopsBusinessWhereItTakesThemOver() {
    FakeHost host =
        host(
            new Script() {
              @Override
              List<String> extensions() {
                return List.of("PIPELINING", "DSN");
              }
            });
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
  void aMessageThatNeedsSmtpUtf8FailsAtAHostWithoutIt() {
    FakeHost host = host(new Script());
    MailParameters utf8 =
        new MailParameters(BodyType.EIGHT_BIT_MIME, AddressForm.UTF8, DsnParameters.OfMessage.NONE);

    List<RecipientOutcome> outcomes =
        deliver(
            transport(),
            Messages.message(
                ReversePath.of("me@src.example"),
                utf8,
                "Subject: gr\u00fc\u00dfe\r\n\r\nhello\r\n",
                recipient("ann@dest.example")),
            host);

    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Failed.class,
            failed -> assertThat(failed.reply().status()).hasToString("5.6.9"));
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

  private EnvelopeRecord stored(String content) {
    byte[] octets = content.getBytes(StandardCharsets.US_ASCII);
    EnvelopeRecord message = Messages.stored(octets, recipient("ann@dest.example"));
    queue.put(message, octets);
    return message;
  }

  private FakeHost host(Script script) {
    FakeHost host = FakeHost.start(script);
    open.add(host);
    return host;
  }

  private static Script greeting(String greeting) {
    return new Script() {
      @Override
      String greeting(int connection) {
        return greeting;
      }
    };
  }

  private static Script replying(String verb, String reply) {
    return new Script() {
      @Override
      String reply(int connection, String command) {
        return command.startsWith(verb) ? reply : super.reply(connection, command);
      }
    };
  }

  private static Script accepting(String reply) {
    return new Script() {
      @Override
      String accept(int connection, String content) {
        return reply;
      }
    };
  }

  private static Script chunking(String reply) {
    return new Script() {
      @Override
      List<String> extensions() {
        return List.of("PIPELINING", "CHUNKING");
      }

      @Override
      String reply(int connection, String command) {
        return command.startsWith("BDAT") ? reply : super.reply(connection, command);
      }
    };
  }

  private SmtpTransport transport() {
    return transport(20);
  }

  private SmtpTransport transport(int connections) {
    return transport(peers(Map.of()), connections, 2_000);
  }

  private SmtpTransport transport(SmtpTransport.Peers peers, int connections, int waiting) {
    SmtpTransport transport =
        new SmtpTransport(
            peers,
            queue,
            new SmtpTransport.Settings(
                connections,
                waiting,
                100,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30)),
            new SimpleMeterRegistry());
    open.add(transport);
    return transport;
  }

  private static SmtpTransport.Peers peers(Map<String, SmartHost> named) {
    return new SmtpTransport.Peers("mta.example", SmartHost.plain(Optional.empty()), named);
  }

  private static EnvelopeRecord message(String address) {
    return Messages.to(recipient(address));
  }

  private static List<RecipientOutcome> deliver(
      SmtpTransport transport, EnvelopeRecord message, FakeHost host) {
    return result(start(transport, message, host.hop()));
  }

  private static CompletableFuture<List<RecipientOutcome>> start(
      SmtpTransport transport, EnvelopeRecord message, NextHop... hops) {
    CompletableFuture<List<RecipientOutcome>> outcomes = new CompletableFuture<>();
    transport.deliver(
        message,
        message.envelope().recipients(),
        new Destination.Smtp("smtp:test", List.of(hops)),
        all -> {
          if (!outcomes.complete(all)) {
            outcomes.obtrudeException(new AssertionError("answered twice"));
          }
        });
    return outcomes;
  }

  private static List<RecipientOutcome> result(CompletableFuture<List<RecipientOutcome>> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static boolean isDelivered(RecipientOutcome outcome) {
    return outcome instanceof RecipientOutcome.Delivered;
  }
}
