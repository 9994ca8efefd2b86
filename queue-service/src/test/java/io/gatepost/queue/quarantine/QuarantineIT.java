package io.gatepost.queue.quarantine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.Held;
import io.gatepost.contract.queue.QuarantineDeleted;
import io.gatepost.contract.queue.QuarantineDetail;
import io.gatepost.contract.queue.QuarantineFilter;
import io.gatepost.contract.queue.QuarantinePage;
import io.gatepost.contract.queue.QuarantineSearch;
import io.gatepost.contract.queue.QuarantineStats;
import io.gatepost.contract.queue.QuarantinedMessage;
import io.gatepost.contract.queue.QuarantinedMessage.State;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.queue.Messages;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;

/// Messages that are put aside, found, and deleted.
class QuarantineIT extends QuarantineFixture {

  @Test
  void aMessageThatIsPutAsideIsShownWithAllThatIsKnown() {
    QueueId id = Messages.id();
    HeaderEdits edits = new HeaderEdits(List.of(HeaderEdit.Insert.onTop("X-Spam", "yes")));
    ScannerResult result =
        new ScannerResult(
            "spam",
            ScannerResult.Outcome.QUARANTINE,
            Optional.of(6.1),
            "BAYES",
            Duration.ofMillis(12),
            false);
    EnvelopeRecord message = Messages.inline(id, TEXT, "bob@dest.example", "eve@dest.example");
    Held answer =
        put(
            new EnvelopeRecord(
                message.envelope().scanned(edits, ScanState.DONE), message.content()),
            new Finding("spam quarantine: BAYES", List.of(result)));

    QuarantineDetail shown = operator.show(id).block(PATIENCE);

    assertThat(shown.message())
        .isEqualTo(
            new QuarantinedMessage(
                id,
                State.HELD,
                message.envelope().arrivedAt(),
                answer.since(),
                answer.since().plus(QuarantineProcess.KEEP),
                ReversePath.of("sender@example.test"),
                List.of(ForwardPath.of("bob@dest.example"), ForwardPath.of("eve@dest.example")),
                0,
                TEXT.length(),
                "spam quarantine: BAYES"));
    assertThat(shown.results()).containsExactly(result);
    assertThat(shown.edits()).isEqualTo(edits.list());
    assertThat(shown.header()).containsExactly("Subject: hello", "X-Two: b");
    assertThat(content(id)).isEqualTo("Subject: hello\r\nX-Two: b\r\n\r\n.dots\r\n");
  }

  @Test
  void aRepeatAnswersAsTheFirstCallDid() {
    EnvelopeRecord message = Messages.inline(Messages.id(), TEXT, "bob@dest.example");
    Held first = put(message, Finding.of("first"));

    assertThat(put(message, Finding.of("second"))).isEqualTo(first);

    assertThat(list().messages())
        .singleElement()
        .satisfies(each -> assertThat(each.finding()).isEqualTo("first"));
  }

  /// The embedded server may lose its latest commits in a crash.
  @Test
  void changesAreDurableWhateverTheServerIsSetTo() {
    JdbcTemplate jdbc = process.getBean(JdbcTemplate.class);
    jdbc.execute("alter role " + database.username() + " set synchronous_commit = off");
    process.getBean(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
    QueueId id = putOne("bob@dest.example");
    index.set(id, State.RELEASING);
    List<String> seen = new ArrayList<>();

    index.release(id, _ -> seen.add(jdbc.queryForObject(SETTING, String.class)));
    seen.add(jdbc.queryForObject(SETTING, String.class));

    assertThat(seen).containsExactly("on", "off");
    jdbc.execute("alter role " + database.username() + " reset synchronous_commit");
  }

  @Test
  void storedContentIsKeptAlthoughItsMessageEndsAndTheLogIsSwept() {
    QueueId id = Messages.id();
    ContentRef.Stored stored = mail.write(id, TEXT.getBytes(US_ASCII));
    put(Messages.stored(id, stored, "bob@dest.example"), Finding.of("late"));

    mail.delete(id).join(); // by the edge, or by the end of the generation on the log

    sweepMail();

    assertThat(content(id)).startsWith("Subject: hello");
  }

  @Test
  void contentThatIsGoneIsNotPutAside() {
    QueueId id = Messages.id();
    ContentRef.Stored stored = new ContentRef.Stored(id, 3, "0".repeat(64));

    assertFails(
        RpcStatus.NOT_FOUND,
        () -> put(Messages.stored(id, stored, "bob@dest.example"), Finding.of("late")));
    assertThat(list().messages()).isEmpty();
  }

  /// Killed between the content and the row: the client was not told 250.
  @Test
  void contentWithoutARowStaysAsLongAsAMessageAndGoesThen() {
    QueueId orphan = Messages.id();
    held.write(orphan, TEXT.getBytes(US_ASCII));
    QueueId id = putOne("bob@dest.example");

    messages.sweep();
    assertThat(files(content.resolve("quarantine"))).isEqualTo(2);
    later(QuarantineProcess.KEEP.plusMinutes(1)).sweep();

    assertThat(files(content.resolve("quarantine"))).isEqualTo(1);
    assertThat(content(id)).startsWith("Subject: hello");
  }

  @Test
  void aMessageWhoseTimeIsOverIsDeleted() {
    QueueId id = putOne("bob@dest.example");
    QueueId onItsWay = putOne("bob@dest.example");
    index.set(onItsWay, State.RELEASING);

    later(QuarantineProcess.KEEP.minusMinutes(1)).expire();
    assertThat(list().messages()).hasSize(2);
    later(QuarantineProcess.KEEP.plusMinutes(1)).expire();

    assertThat(list().messages()).extracting(QuarantinedMessage::id).containsExactly(onItsWay);
    assertFails(RpcStatus.NOT_FOUND, () -> content(id));
    assertThat(files(content.resolve("quarantine"))).isEqualTo(1);
  }

  @Test
  void aFullQuarantineTakesNothingAndKeepsNoContentOfIt() {
    for (int i = 0; i < QuarantineProcess.MOST_MESSAGES; i++) {
      putOne("bob@dest.example");
    }

    assertFails(RpcStatus.RESOURCE_EXHAUSTED, () -> putOne("bob@dest.example"));
    assertThat(files(content.resolve("quarantine"))).isEqualTo(QuarantineProcess.MOST_MESSAGES);

    operator.delete(list().messages().getFirst().id()).block(PATIENCE);
    String large = "x".repeat(QuarantineProcess.MOST_OCTETS);
    assertFails(
        RpcStatus.RESOURCE_EXHAUSTED,
        () -> put(Messages.inline(Messages.id(), large, "bob@dest.example"), Finding.of("x")));
    putOne("bob@dest.example");
    assertThat(operator.stats().block(PATIENCE))
        .isEqualTo(
            new QuarantineStats(
                QuarantineProcess.MOST_MESSAGES,
                (long) TEXT.length() * QuarantineProcess.MOST_MESSAGES,
                QuarantineProcess.MOST_MESSAGES,
                QuarantineProcess.MOST_OCTETS,
                Optional.of(list().messages().getFirst().since())));
    MeterRegistry meters = process.getBean(MeterRegistry.class);
    assertThat(meters.get("gatepost.quarantine.messages").gauge().value())
        .isEqualTo(QuarantineProcess.MOST_MESSAGES);
    assertThat(meters.get("gatepost.quarantine.refused").counter().count()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "ALL,                            'first,second,notice'",
    "sender ANN@one.example,         first",
    "sender '',                      notice",
    "senderDomain one.example,       first",
    "recipient bob@dest.example,     'first,notice'",
    "recipient ob@dest.example,      ''",
    "recipientDomain far.example,    'first,second'",
    "finding eicar,                  'first,second'",
    "finding %,                      ''",
    "arrivedBefore 2026-03-01T13:00:00Z, first"
  })
  void eachConditionFindsWhatMeetsIt(String condition, String found) {
    Instant noon = Instant.parse("2026-03-01T12:00:00Z");
    QueueId first =
        putFrom("ann@one.example", noon, "Eicar", "bob@dest.example", "carl@far.example");
    QueueId second =
        putFrom("dora@two.example", noon.plusSeconds(3600), "EICAR 2", "carl@far.example");
    QueueId notice = putFrom("", noon.plusSeconds(7200), "spam", "Bob@dest.example");

    QuarantinePage page =
        operator.list(QuarantineSearch.first(filter(condition), 10)).block(PATIENCE);

    assertThat(page.messages().stream().map(QuarantinedMessage::id))
        .containsExactlyElementsOf(
            Stream.of(found.split(","))
                .filter(name -> !name.isEmpty())
                .map(name ->
                    switch (name) {
                      case "first" -> first;
                      case "second" -> second;
                      default -> notice;
                    })
                .toList());
    assertThat(page.matching().atLeast()).isEqualTo(page.messages().size());
  }

  @Test
  void pagesGoOnBehindTheLastMessageWhateverBecomesOfIt() {
    List<QueueId> all = Stream.generate(() -> putOne("bob@dest.example")).limit(3).toList();
    QuarantinePage one =
        operator.list(QuarantineSearch.first(QuarantineFilter.ALL, 2)).block(PATIENCE);
    operator.delete(all.get(1)).block(PATIENCE);

    QuarantinePage two =
        operator.list(new QuarantineSearch(QuarantineFilter.ALL, 2, one.next())).block(PATIENCE);

    assertThat(one.messages()).extracting(QuarantinedMessage::id).isEqualTo(all.subList(0, 2));
    assertThat(one.matching().atLeast()).isEqualTo(3);
    assertThat(two.messages()).extracting(QuarantinedMessage::id).isEqualTo(all.subList(2, 3));
    assertThat(two.next()).isEmpty();
  }

  @Test
  void manyAreDeletedUpToTheLimitAndThoseOnTheirWayStay() {
    QueueId onItsWay = putOne("bob@dest.example");
    index.set(onItsWay, State.RELEASING);
    putOne("bob@dest.example");
    putOne("bob@dest.example");
    QueueId other = putOne("eve@other.example");

    QuarantineFilter toDest = filter("recipientDomain dest.example");
    assertThat(operator.deleteMatching(QuarantineSearch.first(toDest, 1)).block(PATIENCE))
        .extracting(QuarantineDeleted::messages, deleted -> deleted.left().atLeast())
        .containsExactly(1, 2L);
    assertThat(operator.deleteMatching(QuarantineSearch.first(toDest, 10)).block(PATIENCE))
        .extracting(QuarantineDeleted::messages, deleted -> deleted.left().atLeast())
        .containsExactly(1, 1L);

    assertThat(list().messages())
        .extracting(QuarantinedMessage::id)
        .containsExactly(onItsWay, other);
    assertThat(files(content.resolve("quarantine"))).isEqualTo(2);
  }

  @Test
  void withoutTheDatabaseNothingIsPutAsideAndNothingIsLost() {
    QueueId id = putOne("bob@dest.example");
    database.stop();

    assertFails(RpcStatus.UNAVAILABLE, () -> putOne("bob@dest.example"));
    assertFails(RpcStatus.UNAVAILABLE, () -> operator.release(id).block(PATIENCE));
    assertThat(files(content.resolve("quarantine"))).isEqualTo(1);

    database.startAgain();
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(list().messages()).hasSize(1));
    operator.release(id).block(PATIENCE);
    assertThat(contentOnTheLog(released(id))).isEqualTo(TEXT);
  }
}
