package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipient;
import static io.gatepost.delivery.Messages.recipients;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.Transport;
import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Transactions that wait before their content for being let go (requirement F2).
class PreparedMailsTest extends TransportFixture {

  private static final String STORED =
      "Subject: stored\r\n\r\n" + "..a dot at the start\r\n".repeat(5_000);

  private static final EnvelopeRecord MESSAGE = message("ann@dest.example");

  /// A host that takes so many recipients in one transaction.
  private static Script taking(int recipients) {
    ConcurrentHashMap<Integer, AtomicInteger> seen = new ConcurrentHashMap<>();
    return new Script() {
      @Override
      String reply(int connection, String command) {
        AtomicInteger own = seen.computeIfAbsent(connection, _ -> new AtomicInteger());
        if (command.startsWith("MAIL")) {
          own.set(0);
        }
        return command.startsWith("RCPT") && own.incrementAndGet() > recipients
            ? "452 4.5.3 too many recipients"
            : super.reply(connection, command);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"PIPELINING", "8BITMIME"})
  void noContentIsSentBeforeTheWord(String extension) {
    FakeHost host = host(offering(extension));
    HeldMail mail = HeldMail.start(transport(), MESSAGE, host.hop());

    Transport.Prepared part = mail.part(1);
    assertThat(part.isStanding()).isTrue();
    assertThat(part.recipients()).isEqualTo(MESSAGE.envelope().recipients());
    assertThat(part.refused()).isEmpty();
    assertThat(host.received()).isEmpty();

    part.go();

    assertThat(mail.outcomes()).allMatch(TransportFixture::isDelivered);
    assertThat(host.received().getFirst().content()).isEqualTo(Messages.TEXT);
    assertThat(part.isStanding()).isFalse();
  }

  @Test
  void theFirstWordCounts() {
    FakeHost host = host(new Script());
    SmtpTransport transport = transport();
    HeldMail gone = HeldMail.start(transport, message("ann@dest.example"), host.hop());
    HeldMail abandoned = HeldMail.start(transport, message("bob@dest.example"), host.hop());

    gone.part(1).go();
    gone.part(1).abandon();
    gone.part(1).go();
    abandoned.part(1).abandon();
    abandoned.part(1).go();

    assertThat(gone.outcomes()).singleElement().matches(TransportFixture::isDelivered);
    assertDeferred(abandoned.outcomes(), Reason.DESTINATION_BUSY);
    assertThat(host.received()).hasSize(1);
  }

  @Test
  void afterThe354AnAbandonedMailTakesItsConnectionAlong() {
    FakeHost host = host(new Script());
    SmtpTransport transport = transport(1);
    HeldMail mail = HeldMail.start(transport, MESSAGE, host.hop());

    mail.part(1).abandon();

    assertDeferred(mail.outcomes(), Reason.DESTINATION_BUSY);
    assertThat(deliver(transport, MESSAGE, host)).allMatch(TransportFixture::isDelivered);
    assertThat(host.received()).singleElement().matches(received -> received.connection() == 2);
    await().until(() -> host.openConnections() == 1);
  }

  @Test
  void beforeTheFirstChunkTheConnectionIsKept() {
    FakeHost host = host(offering("PIPELINING", "CHUNKING"));
    SmtpTransport transport = transport(1);
    HeldMail mail = HeldMail.start(transport, stored(), host.hop());

    mail.part(1).abandon();

    assertDeferred(mail.outcomes(), Reason.DESTINATION_BUSY);
    assertThat(deliver(transport, stored(), host)).allMatch(TransportFixture::isDelivered);
    assertThat(host.connections()).isEqualTo(1);
    assertThat(host.commands()).contains("RSET").filteredOn("BDAT 0 LAST"::equals).hasSize(1);
  }

  @Test
  void chunksGoAtTheWord() {
    FakeHost host = host(offering("PIPELINING", "CHUNKING"));
    EnvelopeRecord message = stored();
    HeldMail mail = HeldMail.start(transport(), message, host.hop());
    mail.part(1);
    assertThat(host.commands()).noneMatch(command -> command.startsWith("BDAT"));

    mail.part(1).go();

    assertThat(mail.outcomes()).allMatch(TransportFixture::isDelivered);
    assertThat(host.received().getFirst().content()).isEqualTo(STORED.replace("\r\n..", "\r\n."));
  }

  @Test
  void whoIsRefusedIsKnownWhileTheOthersWait() {
    FakeHost host = host(replying("RCPT TO:<bob", "550 5.1.1 no such user"));
    EnvelopeRecord message =
        Messages.to(recipient("ann@dest.example"), recipient("bob@dest.example"));
    HeldMail mail = HeldMail.start(transport(), message, host.hop());

    assertThat(mail.part(1).refused())
        .singleElement()
        .isInstanceOf(RecipientOutcome.Failed.class)
        .matches(outcome -> outcome.recipient().equals(message.envelope().recipients().get(1)));
    mail.part(1).abandon();

    assertThat(mail.outcomes()).hasSize(2).anyMatch(RecipientOutcome.Failed.class::isInstance);
    assertThat(host.received()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PIPELINING", "CHUNKING"})
  void whatIsLostWhileItWaitsIsPreparedAnewAndTheVoidOneNeverGoes(String extension)
      throws Exception {
    FakeHost host = host(offering("PIPELINING", extension));
    HeldMail mail = HeldMail.start(transport(), stored(), host.hop());
    Transport.Prepared lost = mail.part(1);

    host.hangUp();
    Transport.Prepared anew = mail.part(2);
    assertThat(lost.isStanding()).isFalse();
    lost.go();
    lost.abandon();
    assertThat(anew.isStanding()).isTrue();
    assertThat(host.received()).isEmpty();
    anew.go();

    assertThat(mail.outcomes()).singleElement().matches(TransportFixture::isDelivered);
    assertThat(host.received()).singleElement().matches(received -> received.connection() == 2);
    assertThat(host.received().getFirst().content()).contains("a dot at the start");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PIPELINING", "CHUNKING"})
  void aHostThatAlwaysGoesWhileAMailWaitsIsGivenUp(String extension) throws Exception {
    FakeHost host = host(offering("PIPELINING", extension));
    HeldMail mail = HeldMail.start(transport(), stored(), host.hop());

    for (int i = 1; i <= 3; i++) {
      mail.part(i);
      host.hangUp();
    }

    assertDeferred(mail.outcomes(), Reason.CONNECTION_LOST);
  }

  @Test
  void aHostThatSays421WhileAMailWaitsIsDialledAgainWhereItHadTakenMail() {
    AtomicInteger begun = new AtomicInteger();
    FakeHost host =
        host(
            new Script() {
              @Override
              String reply(int connection, String command) {
                return command.equals("DATA") && begun.incrementAndGet() == 2
                    ? "354 go\r\n421 4.3.2 closing"
                    : super.reply(connection, command);
              }
            });
    SmtpTransport transport = transport(1);
    deliver(transport, message("first@dest.example"), host);
    HeldMail mail = HeldMail.start(transport, MESSAGE, host.hop());

    mail.part(2).go();

    assertThat(mail.outcomes()).allMatch(TransportFixture::isDelivered);
    assertThat(host.connections()).isEqualTo(2);
    assertThat(host.received()).hasSize(2);
  }

  @Test
  void aRefusalWhileAMailWaitsIsItsEnd() {
    FakeHost host = host(replying("DATA", "354 go\r\n554 5.7.1 not from you"));
    HeldMail mail = HeldMail.start(transport(), MESSAGE, host.hop());

    assertThat(mail.outcomes()).singleElement().isInstanceOf(RecipientOutcome.Failed.class);
    mail.part(1).go();
    assertThat(mail.part(1).isStanding()).isFalse();
    assertThat(host.received()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"EHLO", "MAIL", "RCPT", "DATA"})
  void a421OnTheFirstConnectionIsNoEndWhereThereIsAnotherHop(String verb) {
    FakeHost closing =
        host(
            verb.equals("EHLO")
                ? ProbeFixture.greeting("421 4.3.2 closing")
                : replying(verb, "421 4.3.2 closing"));
    FakeHost other = host(new Script());
    HeldMail mail = HeldMail.start(transport(), MESSAGE, closing.hop(), other.hop());

    mail.part(1).go();

    assertThat(mail.outcomes()).allMatch(TransportFixture::isDelivered);
    assertThat(other.received()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"450 4.2.0 later", "554 5.7.1 no"})
  void aRefusedDataIsTheEndWhileAnotherHopWaits(String reply) {
    FakeHost refusing = host(replying("DATA", reply));
    FakeHost waiting = host(new Script());
    SmtpTransport transport = transport();
    HeldMail held = HeldMail.start(transport, MESSAGE, "smtp:waiting", waiting.hop());
    HeldMail refused = HeldMail.start(transport, MESSAGE, "smtp:refusing", refusing.hop());

    assertThat(refused.outcomes()).hasSize(1).noneMatch(TransportFixture::isDelivered);
    assertThat(refused.parts()).isEmpty();
    held.part(1).abandon();

    assertDeferred(held.outcomes(), Reason.DESTINATION_BUSY);
    assertThat(waiting.received()).isEmpty();
  }

  @Test
  void toAHostThatTakesTheMessageBeforeItsContentNoneIsSent() {
    FakeHost host = host(replying("DATA", "250 2.0.0 queued"));
    HeldMail mail = HeldMail.start(transport(), MESSAGE, host.hop());

    assertDeferred(mail.outcomes(), Reason.CONNECTION_LOST);
    assertThat(mail.parts()).isEmpty();
    assertThat(host.commands()).doesNotContain("Subject: hello");
  }

  @Test
  void recipientsThatAreTooManyWaitInTransactionsOfTheirOwn() {
    FakeHost host = host(taking(2));
    EnvelopeRecord message = Messages.to(recipients(5));
    HeldMail mail = HeldMail.start(transport(), message, host.hop());

    Set<Recipient> prepared = ConcurrentHashMap.newKeySet();
    for (int i = 1; i <= 3; i++) {
      assertThat(mail.part(i).refused()).isEmpty();
      prepared.addAll(mail.part(i).recipients());
    }
    assertThat(prepared).containsExactlyInAnyOrderElementsOf(message.envelope().recipients());
    assertThat(host.received()).isEmpty();
    mail.parts().forEach(Transport.Prepared::go);

    assertThat(mail.outcomes()).hasSize(5).allMatch(TransportFixture::isDelivered);
    assertThat(host.received()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LIMITS RCPTMAX=2", "SIZE"})
  void overOneConnectionTheyFollowOneAnother(String extension) {
    Script two = taking(2);
    FakeHost host =
        host(
            new Script() {
              @Override
              List<String> extensions() {
                return List.of("PIPELINING", extension);
              }

              @Override
              String reply(int connection, String command) {
                return two.reply(connection, command);
              }
            });
    HeldMail mail = HeldMail.start(transport(1), Messages.to(recipients(5)), host.hop());

    for (int i = 1; i <= 3; i++) {
      mail.part(i).go();
    }

    assertThat(mail.outcomes()).hasSize(5).allMatch(TransportFixture::isDelivered);
    assertThat(host.received()).hasSize(3);
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void recipientsThatWereTooManyArePutOffWithTheOthers() {
    FakeHost host = host(taking(2));
    HeldMail mail = HeldMail.start(transport(), Messages.to(recipients(3)), host.hop());
    mail.part(2);

    mail.isNotWanted();
    mail.parts().forEach(Transport.Prepared::abandon);

    assertThat(mail.outcomes()).hasSize(3).noneMatch(TransportFixture::isDelivered);
    assertThat(host.received()).isEmpty();
  }

  @Test
  void whatIsLostAndNotWantedAnyMoreIsNotDialledAgain() throws Exception {
    FakeHost host = host(new Script());
    HeldMail mail = HeldMail.start(transport(), MESSAGE, host.hop());
    mail.part(1);

    mail.isNotWanted();
    host.hangUp();

    assertDeferred(mail.outcomes(), Reason.DESTINATION_BUSY);
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void whatIsNotWantedAnyMoreIsNotBegun() {
    FakeHost host = host(new Script());
    SmtpTransport transport = transport(1);
    HeldMail first = HeldMail.start(transport, MESSAGE, host.hop());
    first.part(1);
    HeldMail second = HeldMail.start(transport, message("bob@dest.example"), host.hop());
    HeldMail third = HeldMail.start(transport, message("cat@dest.example"), host.hop());

    second.isNotWanted();
    assertDeferred(second.outcomes(), Reason.DESTINATION_BUSY); // although the host is still held
    third.isNotWanted();
    first.part(1).go();

    assertThat(first.outcomes()).allMatch(TransportFixture::isDelivered);
    assertDeferred(third.outcomes(), Reason.DESTINATION_BUSY);
    assertThat(host.commands()).filteredOn(each -> each.startsWith("MAIL")).hasSize(1);
  }

  /// The last word comes on the event loop of one of the connections, and the others are on that
  /// loop as well, or on other ones.
  @Test
  void theWordMayComeFromAnotherConnection() {
    int hosts = 12;
    SmtpTransport transport = transport();
    List<HeldMail> mails = new ArrayList<>();
    AtomicInteger prepared = new AtomicInteger();
    Runnable allTogether =
        () -> {
          if (prepared.incrementAndGet() == hosts) {
            mails.forEach(mail -> mail.parts().forEach(Transport.Prepared::go));
          }
        };
    List<FakeHost> all = IntStream.range(0, hosts).mapToObj(i -> host(new Script())).toList();
    for (FakeHost host : all.subList(1, hosts)) {
      String name = "smtp:" + host.hop();
      mails.add(HeldMail.start(transport, MESSAGE, allTogether, name, host.hop()));
    }
    await().until(() -> prepared.get() == hosts - 1);
    HeldMail own =
        HeldMail.start(transport, MESSAGE, allTogether, "smtp:last", all.getFirst().hop());
    own.part(1).go();

    assertThat(own.outcomes()).allMatch(TransportFixture::isDelivered);
    mails.forEach(mail -> assertThat(mail.outcomes()).allMatch(TransportFixture::isDelivered));
    assertThat(all).allMatch(host -> host.received().size() == 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hang up"})
  void aFinalDotWithoutAnAnswerIsCountedAndTold(String end) {
    FakeHost host =
        host(
            new Script() {
              @Override
              String accept(int connection, String content) {
                return end.isEmpty() ? "250 2.0.0 ok\0" : end; // half a line, and nothing more
              }
            });
    HeldMail mail = HeldMail.start(transport(), MESSAGE, host.hop());

    mail.part(1).go();
    if (end.isEmpty()) {
      await().until(() -> !host.received().isEmpty());
      await()
          .until(() -> {
            host.hangUp();
            return registry.get("gatepost.delivery.dots.unanswered").counter().count() > 0;
          });
    }

    assertDeferred(mail.outcomes(), Reason.FINAL_DOT_UNANSWERED);
    assertThat(registry.get("gatepost.delivery.dots.unanswered").counter().count()).isOne();
  }

  private EnvelopeRecord stored() {
    byte[] content = STORED.getBytes(StandardCharsets.US_ASCII);
    EnvelopeRecord message = Messages.stored(content, recipient("ann@dest.example"));
    queue.put(message, content);
    return message;
  }
}
