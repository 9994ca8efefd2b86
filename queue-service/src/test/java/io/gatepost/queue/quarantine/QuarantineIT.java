package io.gatepost.queue.quarantine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.Held;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.queue.QuarantineDeleted;
import io.gatepost.contract.queue.QuarantineDetail;
import io.gatepost.contract.queue.QuarantineFilter;
import io.gatepost.contract.queue.QuarantineOperator;
import io.gatepost.contract.queue.QuarantinePage;
import io.gatepost.contract.queue.QuarantineSearch;
import io.gatepost.contract.queue.QuarantineStats;
import io.gatepost.contract.queue.QuarantinedMessage;
import io.gatepost.contract.queue.QuarantinedMessage.State;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.queue.Messages;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.queue.log.maintain.OrphanSweep;
import io.gatepost.queue.log.release.ReleaseLog;
import io.gatepost.testkit.infrastructure.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.jdbc.core.JdbcTemplate;

/// The quarantine on a real database and a real log.
class QuarantineIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String TEXT = "Subject: hello\r\nX-Two: b\r\n\r\n..dots\r\n";

  private static final String SETTING = "select current_setting('synchronous_commit')";

  @TempDir static Path content;
  private static TestDatabase database;
  private static ConfigurableApplicationContext process;
  private static FileContentStore mail;
  private static FileContentStore held;
  private static QuarantineIndex index;
  private static HeldMessages messages;
  private static QuarantineOperator operator;
  private static QuarantineIntake intake;
  private TestLog log;

  @BeforeAll
  static void start() {
    database = TestDatabase.start();
    process = QuarantineProcess.start(database, content);
    mail = process.getBean(FileContentStore.class);
    held = process.getBean(QuarantineConfiguration.HeldContent.class).held();
    index = process.getBean(QuarantineIndex.class);
    messages = process.getBean(HeldMessages.class);
    operator = process.getBean(QuarantineOperator.class);
    intake = process.getBean(QuarantineIntake.class);
    process.getBean(QuarantineCare.class).stop(); // tests say when
  }

  @AfterAll
  static void stop() {
    process.close();
    database.close();
  }

  @BeforeEach
  void empty() {
    process.getBean(JdbcTemplate.class).execute("truncate queue.quarantine");
    later(QuarantineProcess.KEEP.plusMinutes(1)).sweep();
    log = TestLog.empty();
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

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

  @Test
  void aReleasedMessageGoesToTheQueueOnceAndLeavesNothingBehind() {
    QueueId id = Messages.id();
    EnvelopeRecord message = Messages.inline(id, TEXT, "bob@dest.example");
    HeaderEdits edits = new HeaderEdits(List.of(HeaderEdit.Insert.onTop("X-Spam", "yes")));
    Envelope envelope = message.envelope().scanned(edits, ScanState.OWED);
    put(new EnvelopeRecord(envelope, message.content()), Finding.of("spam"));
    Instant before = Instant.now();

    operator.release(id).block(PATIENCE);

    Envelope released = released(id);
    assertThat(released.generation()).isEqualTo(1);
    assertThat(released.arrivedAt()).isAfterOrEqualTo(before);
    assertThat(released.recipients()).isEqualTo(envelope.recipients());
    assertThat(released.edits()).isEqualTo(edits);
    assertThat(released.scan()).isEqualTo(ScanState.DONE);
    sweepMail();
    assertThat(contentOnTheLog(released)).isEqualTo(TEXT);
    assertThat(list().messages()).isEmpty();
    assertThat(files(content.resolve("quarantine"))).isZero();
    assertFails(RpcStatus.NOT_FOUND, () -> operator.release(id).block(PATIENCE));
    try (ReleaseLog afterRestart = new ReleaseLog(log.clients())) {
      assertThat(afterRestart.unforgotten()).isEmpty();
    }
    mail.delete(((ContentRef.Stored) released.content()).key()).join();
  }

  /// Killed when the row says that it is to be released, and nothing is on the log.
  @Test
  void aReleaseThatWasBrokenOffBeforeTheLogGoesOn() {
    QueueId id = putOne("bob@dest.example");
    index.set(id, State.RELEASING);
    assertThat(operator.show(id).block(PATIENCE).message().state()).isEqualTo(State.RELEASING);
    assertFails(RpcStatus.NOT_FOUND, () -> operator.delete(id).block(PATIENCE));

    restarted(HeldMessages::finishReleases);

    assertThat(contentOnTheLog(released(id))).isEqualTo(TEXT);
    assertThat(list().messages()).isEmpty();
  }

  @Test
  void whatWasBrokenOffGoesOnByItselfWhenTheDatabaseIsBack() {
    QueueId id = putOne("bob@dest.example");
    index.set(id, State.RELEASING);
    database.stop();
    ReleaseLog releases = new ReleaseLog(log.clients());
    QuarantineCare care =
        new QuarantineCare(
            messages(releases, InstantSource.system()),
            releases,
            process.getBean(QuarantineLimits.class),
            Duration.ofMillis(50));
    care.start();

    database.startAgain();

    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(list().messages()).isEmpty());
    care.stop();
    assertThat(contentOnTheLog(released(id))).isEqualTo(TEXT);
  }

  /// Killed when the message is on the log, and may have been delivered, but the row is there.
  @Test
  void aReleaseThatWasBrokenOffBehindTheLogIsNotRepeated() {
    QueueId id = putOne("bob@dest.example");
    index.set(id, State.RELEASING);
    Envelope envelope = index.find(id).orElseThrow().storedEnvelope();
    try (ReleaseLog killed = new ReleaseLog(log.clients())) {
      killed.release(
          new EnvelopeRecord(envelope.released(Instant.now(), envelope.content()), new byte[0]));
    }

    restarted(HeldMessages::finishReleases);

    assertThat(log.keys(Topics.DUE)).containsExactly(id.text());
    assertThat(list().messages()).isEmpty();
    assertThat(files(content.resolve("quarantine"))).isZero();
    try (ReleaseLog afterRestart = new ReleaseLog(log.clients())) {
      assertThat(afterRestart.unforgotten()).isEmpty();
    }
  }

  /// Killed when the row is gone, and the log still notes the release.
  @Test
  void aReleaseThatIsDoneIsForgottenLater() {
    QueueId id = Messages.id();
    try (ReleaseLog killed = new ReleaseLog(log.clients())) {
      killed.release(Messages.inline(id, "x", "bob@dest.example"));
    }

    restarted(HeldMessages::finishReleases);

    try (ReleaseLog afterRestart = new ReleaseLog(log.clients())) {
      assertThat(afterRestart.unforgotten()).isEmpty();
    }
    assertThat(log.keys(Topics.DUE)).containsExactly(id.text());
  }

  @Test
  void aMessageWithoutContentIsNotReleasedAndStays() {
    QueueId id = putOne("bob@dest.example");
    held.delete(id).join();

    assertFails(RpcStatus.NOT_FOUND, () -> operator.release(id).block(PATIENCE));

    QuarantineDetail shown = operator.show(id).block(PATIENCE);
    assertThat(shown.message().state()).isEqualTo(State.HELD);
    assertThat(shown.header()).isEmpty();
    assertThat(log.keys(Topics.DUE)).isEmpty();
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

  private static Held put(EnvelopeRecord message, Finding finding) {
    return intake.putAside(new PutAside(message, finding)).block(PATIENCE);
  }

  private static QueueId putOne(String recipient) {
    QueueId id = Messages.id();
    put(Messages.inline(id, TEXT, recipient), Finding.of("spam"));
    return id;
  }

  private static QueueId putFrom(
      String sender, Instant arrivedAt, String finding, String... recipients) {
    QueueId id = Messages.idOf(arrivedAt);
    EnvelopeRecord message = Messages.inline(id, arrivedAt, TEXT.getBytes(US_ASCII), recipients);
    Envelope envelope = message.envelope();
    put(
        new EnvelopeRecord(
            new Envelope(
                id,
                0,
                0,
                arrivedAt,
                ReversePath.of(sender),
                envelope.recipients(),
                envelope.provenance(),
                envelope.parameters(),
                envelope.content()),
            message.content()),
        Finding.of(finding));
    return id;
  }

  private static QuarantineFilter filter(String text) {
    String[] words = text.split(" ", 2);
    String value = words.length == 1 || words[1].equals("''") ? "" : words[1];
    return new QuarantineFilter(
        one(words[0], "sender", value).map(ReversePath::of),
        one(words[0], "senderDomain", value).map(DomainName::of),
        one(words[0], "recipient", value).map(ForwardPath::of),
        one(words[0], "recipientDomain", value).map(DomainName::of),
        one(words[0], "finding", value),
        one(words[0], "arrivedBefore", value).map(Instant::parse));
  }

  private static Optional<String> one(String given, String name, String value) {
    return given.equals(name) ? Optional.of(value) : Optional.empty();
  }

  private static QuarantinePage list() {
    return operator.list(QuarantineSearch.first(QuarantineFilter.ALL, 100)).block(PATIENCE);
  }

  private static String content(QueueId id) {
    return DataBufferUtils.join(operator.content(id))
        .map(all -> new String(StoredContent.octets(all), US_ASCII))
        .block(PATIENCE);
  }

  private Envelope released(QueueId id) {
    assertThat(log.keys(Topics.DUE)).containsExactly(id.text());
    return log.envelopes(Topics.DUE).getFirst().envelope();
  }

  private static String contentOnTheLog(Envelope envelope) {
    ContentRef.Stored stored = (ContentRef.Stored) envelope.content();
    byte[] octets =
        DataBufferUtils.join(mail.get(stored.key())).map(StoredContent::octets).block(PATIENCE);
    assertThat(octets).hasSize((int) stored.octets());
    return new String(octets, US_ASCII);
  }

  /// The same quarantine in the next process.
  private void restarted(Consumer<HeldMessages> work) {
    try (ReleaseLog releases = new ReleaseLog(log.clients())) {
      work.accept(messages(releases, InstantSource.system()));
    }
  }

  /// Deletes all content that no record on the log refers to, however young.
  private void sweepMail() {
    try {
      new OrphanSweep(
              log.clients(),
              mail,
              Duration.ofSeconds(-60),
              InstantSource.system(),
              new LogMeters(new SimpleMeterRegistry()))
          .run(log.admin());
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private HeldMessages later(Duration by) {
    return messages(
        new ReleaseLog(TestLog.sharedClients()), InstantSource.fixed(Instant.now().plus(by)));
  }

  private static HeldMessages messages(ReleaseLog releases, InstantSource clock) {
    return new HeldMessages(
        index,
        held,
        mail,
        releases,
        process.getBean(QuarantineLimits.class),
        new QuarantineMeters(new SimpleMeterRegistry()),
        clock);
  }

  private static long files(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertFails(RpcStatus status, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(RpcException.class, e -> assertThat(e.status()).isEqualTo(status));
  }
}
