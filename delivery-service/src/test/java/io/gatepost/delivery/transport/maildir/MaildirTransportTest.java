package io.gatepost.delivery.transport.maildir;

import static io.gatepost.delivery.Messages.ARRIVED;
import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.delivery.FakeQueue;
import io.gatepost.delivery.Messages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaildirTransportTest {

  private static final String TRACE =
      "Return-Path: <me@src.example>\r\nDelivered-To: ann@dest.example\r\n";

  @TempDir private Path root;

  private final FakeQueue queue = new FakeQueue();
  private Instant now = ARRIVED;

  @Test
  void aMessageIsWrittenAsItsAuthorSentIt() throws IOException {
    RecipientOutcome outcome = deliver(Messages.to(recipient("ann@dest.example")), "ann");

    assertThat(outcome)
        .isInstanceOfSatisfying(
            RecipientOutcome.Delivered.class,
            delivered -> assertThat(delivered.handover()).isEqualTo(Handover.MAILBOX));
    assertThat(Files.readString(delivered("new").getFirst()))
        .isEqualTo(TRACE + Messages.TEXT.replace("\r\n..", "\r\n."));
    assertThat(delivered("tmp")).isEmpty();
  }

  @Test
  void contentFromTheStoreIsWrittenTheSameWay() throws IOException {
    String content = "Subject: big\r\n\r\n" + "..a dot at the start\r\n".repeat(2_000);
    byte[] octets = content.getBytes(StandardCharsets.US_ASCII);
    EnvelopeRecord message = Messages.stored(octets, recipient("ann@dest.example"));
    queue.put(message, octets);

    deliver(message, "ann");

    assertThat(Files.readString(delivered("new").getFirst()))
        .isEqualTo(TRACE + content.replace("\r\n..", "\r\n."));
  }

  @Test
  void binaryContentIsWrittenInSevenBits() throws IOException {
    byte[] content =
        "Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\n..\r\n..\r"
            .getBytes(StandardCharsets.US_ASCII);
    MailParameters binary =
        new MailParameters(BodyType.BINARY_MIME, AddressForm.ASCII, DsnParameters.OfMessage.NONE);

    deliver(
        Messages.inline(
            ReversePath.of("me@src.example"), binary, content, recipient("ann@dest.example")),
        "ann");

    assertThat(Files.readString(delivered("new").getFirst()))
        .isEqualTo(
            TRACE
                + "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
                + "MIME-Version: 1.0\r\n\r\nAAouLg0KLg0=\r\n");
  }

  @Test
  void theHeaderIsWrittenAsItWasEdited() throws IOException {
    String content = "Subject: big\r\n\r\n" + "..a dot at the start\r\n".repeat(2_000);
    byte[] octets = content.getBytes(StandardCharsets.US_ASCII);
    EnvelopeRecord stored = edited(Messages.stored(octets, recipient("ann@dest.example")));
    queue.put(stored, octets);

    deliver(edited(Messages.to(recipient("ann@dest.example"))), "ann");
    deliver(stored, "ann");

    assertThat(delivered("new").stream().map(MaildirTransportTest::text))
        .containsExactlyInAnyOrder(
            TRACE + "X-Mark: bad\r\n" + Messages.TEXT.replace("\r\n..", "\r\n."),
            TRACE + "X-Mark: bad\r\n" + content.replace("\r\n..", "\r\n."));
  }

  private static EnvelopeRecord edited(EnvelopeRecord message) {
    HeaderEdits edits = new HeaderEdits(List.of(HeaderEdit.Insert.onTop("X-Mark", "bad")));
    return new EnvelopeRecord(message.envelope().scanned(edits, ScanState.DONE), message.content());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anAttemptThatIsRepeatedDeliversNothingMore() throws IOException {
    EnvelopeRecord message = Messages.to(recipient("ann@dest.example"));

    deliver(message, "ann");
    deliver(message, "ann");

    assertThat(delivered("new")).hasSize(1);
  }

  @Test
  void aMessageThatWasReadMeanwhileIsNotDeliveredAgain() throws IOException {
    EnvelopeRecord message = Messages.to(recipient("ann@dest.example"));
    deliver(message, "ann");
    Path file = delivered("new").getFirst();
    Files.move(file, mailbox("ann").resolve("cur").resolve(file.getFileName() + ":2,S"));

    now = ARRIVED.plusSeconds(10);
    RecipientOutcome outcome = deliver(message, "ann");

    assertThat(outcome).isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(delivered("new")).isEmpty();
  }

  @Test
  void aLeftoverOfACrashIsOverwritten() throws IOException {
    EnvelopeRecord message = Messages.to(recipient("ann@dest.example"));
    deliver(message, "ann");
    Path file = delivered("new").getFirst();
    String whole = Files.readString(file);
    Files.move(file, mailbox("ann").resolve("tmp").resolve(file.getFileName()));
    Files.writeString(mailbox("ann").resolve("tmp").resolve(file.getFileName()), whole + whole);

    deliver(message, "ann");

    assertThat(Files.readString(delivered("new").getFirst())).isEqualTo(whole);
  }

  @Test
  void aMailboxThatWasMovedAwayIsMadeAnew() throws IOException {
    deliver(Messages.to(recipient("ann@dest.example")), "ann");
    Files.move(mailbox("ann"), root.resolve("archive"));

    deliver(Messages.to(recipient("ann@dest.example")), "ann");

    assertThat(delivered("new")).hasSize(1);
  }

  @Test
  void contentThatIsMissingOrShortIsHeld() throws IOException {
    EnvelopeRecord missing = Messages.stored(new byte[10], recipient("ann@dest.example"));
    EnvelopeRecord cut = Messages.stored(new byte[10], recipient("ann@dest.example"));
    queue.put(cut, new byte[9]);

    for (EnvelopeRecord message : List.of(missing, cut)) {
      assertThat(deliver(message, "ann"))
          .isInstanceOfSatisfying(
              RecipientOutcome.Deferred.class,
              deferred -> assertThat(deferred.reason()).isEqualTo(Reason.CONTENT_UNAVAILABLE));
    }
    assertThat(delivered("new")).isEmpty();
    assertThat(delivered("tmp")).isEmpty();
  }

  @Test
  void contentThatIsNotThereNowIsReadLater() throws IOException {
    EnvelopeRecord message = Messages.stored(new byte[10], recipient("ann@dest.example"));
    queue.fail(new RpcException(RpcStatus.UNAVAILABLE, "no connection"));

    assertThat(deliver(message, "ann"))
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reason()).isEqualTo(Reason.SERVICE_UNAVAILABLE));
    assertThat(delivered("tmp")).isEmpty();
  }

  @Test
  void oneMailboxGetsOneCopyByHoweverManyAddresses() throws IOException {
    EnvelopeRecord message =
        Messages.to(recipient("ann+1@dest.example"), recipient("ann+2@dest.example"));

    List<RecipientOutcome> outcomes = deliverAll(message, "ann");

    assertThat(outcomes)
        .hasSize(2)
        .allMatch(RecipientOutcome.Delivered.class::isInstance)
        .extracting(outcome -> outcome.recipient().address().toString())
        .containsExactly("ann+1@dest.example", "ann+2@dest.example");
    assertThat(delivered("new")).hasSize(1);
    assertThat(Files.readString(delivered("new").getFirst()))
        .contains("Delivered-To: ann+1@dest.example\r\nDelivered-To: ann+2@dest.example\r\n");
  }

  @Test
  void whereWritesHangWhatWaitsForThemIsDeferred() {
    var end = queue.hang();
    MaildirTransport mailboxes =
        new MaildirTransport(
            root,
            queue,
            task -> Thread.ofVirtual().start(task),
            () -> now,
            1,
            Duration.ofMillis(100));
    List<RecipientOutcome> outcomes = new CopyOnWriteArrayList<>();

    for (int i = 0; i < 2; i++) {
      EnvelopeRecord message = Messages.stored(new byte[10], recipient("ann@dest.example"));
      mailboxes.deliver(
          message,
          message.envelope().recipients(),
          new Destination.Mailbox("ann", DomainName.of("dest.example")),
          outcomes::addAll);
    }
    await().until(() -> !outcomes.isEmpty());
    end.completeExceptionally(new RpcException(RpcStatus.UNAVAILABLE, "no connection"));
    await().until(() -> outcomes.size() == 2);

    assertThat(((RecipientOutcome.Deferred) outcomes.getFirst()).reason())
        .isEqualTo(Reason.MAILBOX_UNAVAILABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../etc",
        "..",
        ".hidden",
        "a/../../../b",
        "a/../../other.example/b",
        "a/..",
        ""
      })
  void aMailboxDoesNotLeaveItsDomain(String user) {
    assertThat(deliver(Messages.to(recipient("ann@dest.example")), user))
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reason()).isEqualTo(Reason.MAILBOX_UNAVAILABLE));
  }

  @Test
  void aMailboxThatCannotBeWrittenDefers() throws IOException {
    Files.createDirectories(root.resolve("dest.example"));
    Files.writeString(
        root.resolve("dest.example").resolve("ann"), "a file where a directory is due");

    assertThat(deliver(Messages.to(recipient("ann@dest.example")), "ann"))
        .isInstanceOf(RecipientOutcome.Deferred.class);
  }

  private RecipientOutcome deliver(EnvelopeRecord message, String user) {
    List<RecipientOutcome> outcomes = deliverAll(message, user);
    assertThat(outcomes).hasSize(1);
    return outcomes.getFirst();
  }

  private List<RecipientOutcome> deliverAll(EnvelopeRecord message, String user) {
    List<RecipientOutcome> outcomes = new ArrayList<>();
    new MaildirTransport(root, queue, Runnable::run, () -> now)
        .deliver(
            message,
            message.envelope().recipients(),
            new Destination.Mailbox(user, DomainName.of("dest.example")),
            outcomes::addAll);
    return outcomes;
  }

  private Path mailbox(String user) {
    return root.resolve("dest.example").resolve(user);
  }

  private List<Path> delivered(String part) throws IOException {
    try (Stream<Path> files = Files.list(mailbox("ann").resolve(part))) {
      return files.toList();
    }
  }
}
