package io.gatepost.queue.quarantine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.Held;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.queue.QuarantineFilter;
import io.gatepost.contract.queue.QuarantineOperator;
import io.gatepost.contract.queue.QuarantinePage;
import io.gatepost.contract.queue.QuarantineSearch;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.queue.Messages;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.queue.log.maintain.OrphanSweep;
import io.gatepost.queue.log.release.ReleaseLog;
import io.gatepost.testkit.infrastructure.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.jdbc.core.JdbcTemplate;

/// The quarantine on a real database and a real log.
abstract class QuarantineFixture {

  static final Duration PATIENCE = Duration.ofSeconds(90);
  static final String TEXT = "Subject: hello\r\nX-Two: b\r\n\r\n..dots\r\n";

  static final String SETTING = "select current_setting('synchronous_commit')";

  @TempDir static Path content;
  static TestDatabase database;
  static ConfigurableApplicationContext process;
  static FileContentStore mail;
  static FileContentStore held;
  static QuarantineIndex index;
  static HeldMessages messages;
  static QuarantineOperator operator;
  static QuarantineIntake intake;
  TestLog log;

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

  static Held put(EnvelopeRecord message, Finding finding) {
    return intake.putAside(new PutAside(message, finding)).block(PATIENCE);
  }

  static QueueId putOne(String recipient) {
    QueueId id = Messages.id();
    put(Messages.inline(id, TEXT, recipient), Finding.of("spam"));
    return id;
  }

  static QueueId putFrom(String sender, Instant arrivedAt, String finding, String... recipients) {
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

  static QuarantineFilter filter(String text) {
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

  static Optional<String> one(String given, String name, String value) {
    return given.equals(name) ? Optional.of(value) : Optional.empty();
  }

  static QuarantinePage list() {
    return operator.list(QuarantineSearch.first(QuarantineFilter.ALL, 100)).block(PATIENCE);
  }

  static String content(QueueId id) {
    return DataBufferUtils.join(operator.content(id))
        .map(all -> new String(StoredContent.octets(all), US_ASCII))
        .block(PATIENCE);
  }

  Envelope released(QueueId id) {
    assertThat(log.keys(Topics.DUE)).containsExactly(id.text());
    return log.envelopes(Topics.DUE).getFirst().envelope();
  }

  static String contentOnTheLog(Envelope envelope) {
    ContentRef.Stored stored = (ContentRef.Stored) envelope.content();
    byte[] octets =
        DataBufferUtils.join(mail.get(stored.key())).map(StoredContent::octets).block(PATIENCE);
    assertThat(octets).hasSize((int) stored.octets());
    return new String(octets, US_ASCII);
  }

  /// The same quarantine in the next process.
  void restarted(Consumer<HeldMessages> work) {
    try (ReleaseLog releases = new ReleaseLog(log.clients())) {
      work.accept(messages(releases, InstantSource.system()));
    }
  }

  /// Deletes all content that no record on the log refers to, however young.
  void sweepMail() {
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

  HeldMessages later(Duration by) {
    return messages(
        new ReleaseLog(TestLog.sharedClients()), InstantSource.fixed(Instant.now().plus(by)));
  }

  static HeldMessages messages(ReleaseLog releases, InstantSource clock) {
    return new HeldMessages(
        index,
        held,
        mail,
        releases,
        process.getBean(QuarantineLimits.class),
        new QuarantineMeters(new SimpleMeterRegistry()),
        clock);
  }

  static long files(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void assertFails(RpcStatus status, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(RpcException.class, e -> assertThat(e.status()).isEqualTo(status));
  }
}
