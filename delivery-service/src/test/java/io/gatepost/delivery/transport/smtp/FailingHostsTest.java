package io.gatepost.delivery.transport.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Hosts that cannot be reached, do not want to talk, or break off.
class FailingHostsTest extends TransportFixture {

  @Test
  void aHopThatCannotBeReachedIsPassedOver() throws IOException {
    FakeHost second = host(new Script());
    NextHop dead = new NextHop("dead.example", "127.0.0.1", FreePort.find());

    List<RecipientOutcome> outcomes =
        result(start(transport(), message("ann@dest.example"), dead, second.hop()));

    assertThat(outcomes).allMatch(TransportFixture::isDelivered);
  }

  @Test
  void aHopThatFailsBeforeItsGreetingIsPassedOver() {
    FakeHost first = host(greeting(FakeHost.HANG_UP));
    FakeHost second = host(new Script());

    List<RecipientOutcome> outcomes =
        result(start(transport(), message("ann@dest.example"), first.hop(), second.hop()));

    assertThat(outcomes).allMatch(TransportFixture::isDelivered);
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

    assertThat(outcomes).allMatch(TransportFixture::isDelivered);
  }

  @Test
  void aHopThatNeverTakesMailIsPassedOver() {
    FakeHost first = host(greeting("521 this host takes no mail"));
    FakeHost second = host(new Script());

    List<RecipientOutcome> outcomes =
        result(start(transport(), message("ann@dest.example"), first.hop(), second.hop()));

    assertThat(outcomes).allMatch(TransportFixture::isDelivered);
  }

  @Test
  void whereNoHopEverTakesMailItHasFailed() {
    FakeHost first = host(greeting("521 this host takes no mail"));
    FakeHost second = host(greeting("521 5.3.2 nor does this one"));
    SmtpTransport transport = transport();

    List<RecipientOutcome> outcomes =
        result(start(transport, message("ann@dest.example"), first.hop(), second.hop()));
    List<RecipientOutcome> next =
        result(start(transport, message("bob@dest.example"), first.hop(), second.hop()));

    assertThat(outcomes).singleElement().isInstanceOf(RecipientOutcome.Failed.class);
    assertThat(next).singleElement().isInstanceOf(RecipientOutcome.Failed.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whereOneOfTheHopsMayTakeMailLaterItIsDeferred(boolean neverFirst) {
    FakeHost never = host(greeting("521 this host takes no mail"));
    FakeHost later = host(greeting("554 5.3.2 not now"));
    FakeHost first = neverFirst ? never : later;
    FakeHost second = neverFirst ? later : never;

    assertDeferred(
        result(start(transport(), message("ann@dest.example"), first.hop(), second.hop())),
        Reason.NEXT_HOP_DEFERRED);
  }

  @Test
  void aHopThatBreaksMailsIsAvoidedForTheNext() {
    FakeHost first = host(replying("MAIL", FakeHost.HANG_UP));
    FakeHost second = host(new Script());

    List<RecipientOutcome> outcomes =
        result(start(transport(), message("ann@dest.example"), first.hop(), second.hop()));

    assertThat(outcomes).allMatch(TransportFixture::isDelivered);
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

    all.forEach(each -> assertDeferred(result(each), Reason.UNREACHABLE));
    assertThat(transport.states().getFirst().waiting()).isZero();
  }

  @Test
  void aHostThatBreaksEveryMailIsGivenUpAfterAFewTries() {
    FakeHost host = host(replying("MAIL", FakeHost.HANG_UP));

    List<RecipientOutcome> outcomes = deliver(transport(), message("ann@dest.example"), host);

    assertDeferred(outcomes, Reason.CONNECTION_LOST);
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
          .allMatch(TransportFixture::isDelivered);
    }
  }

  @Test
  void keptConnectionsThatHaveGoneAreReplaced() throws IOException {
    FakeHost host = host(new Script());
    SmtpTransport transport = transport();

    for (int i = 0; i < 10; i++) {
      assertThat(deliver(transport, message("ann@dest.example"), host))
          .allMatch(TransportFixture::isDelivered);
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
        .allMatch(TransportFixture::isDelivered);

    List<CompletableFuture<List<RecipientOutcome>>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(start(transport, message("ann@dest.example"), host.hop()));
    }

    all.forEach(each -> assertThat(result(each)).allMatch(TransportFixture::isDelivered));
    assertThat(host.connections()).isLessThan(20);
  }

  @Test
  void aDestinationThatIsFullIsBusy() {
    FakeHost host = host(greeting(FakeHost.SILENCE));
    SmtpTransport transport = transport(1, 2);
    start(transport, message("ann@dest.example"), host.hop());
    start(transport, message("ann@dest.example"), host.hop());

    List<RecipientOutcome> outcomes = deliver(transport, message("ann@dest.example"), host);

    assertDeferred(outcomes, Reason.DESTINATION_BUSY);
  }

  @Test
  void whatIsNoSmtpIsDeferred() {
    FakeHost host = host(greeting("HTTP/1.1 400 Bad Request"));

    assertThat(deliver(transport(), message("ann@dest.example"), host))
        .singleElement()
        .isInstanceOf(RecipientOutcome.Deferred.class);
  }

  private static Script greeting(String greeting) {
    return new Script() {
      @Override
      String greeting(int connection) {
        return greeting;
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
}
