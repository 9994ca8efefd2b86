package io.gatepost.delivery.transport.maildir;

import static io.gatepost.delivery.Messages.ARRIVED;
import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.delivery.FakeQueue;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Copies that are written, and wait for being let go (requirement F2).
class PreparedCopiesTest {

  private static final EnvelopeRecord MESSAGE = Messages.to(recipient("ann@dest.example"));

  @TempDir private Path root;

  private final FakeQueue queue = new FakeQueue();
  private final Instant now = ARRIVED;
  private final Executor threads = task -> Thread.ofVirtual().start(task);
  private MaildirTransport mailboxes;

  @BeforeEach
  void begin() {
    mailboxes = mailboxes(64);
  }

  @Test
  void aCopyHasItsNameAtTheWord() throws IOException {
    Held held = start(MESSAGE);

    assertThat(held.part(1).recipients()).isEqualTo(MESSAGE.envelope().recipients());
    assertThat(held.part(1).isStanding()).isTrue();
    assertThat(files("tmp")).hasSize(1);
    assertThat(files("new")).isEmpty();
    held.part(1).go();

    assertThat(held.outcome()).isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(files("new")).hasSize(1);
    assertThat(files("tmp")).isEmpty();
  }

  @Test
  void anAbandonedCopyIsRemoved() throws IOException {
    Held held = start(MESSAGE);

    held.part(1).abandon();
    held.part(1).go();

    assertDeferred(held, Reason.DESTINATION_BUSY);
    assertThat(files("new")).isEmpty();
    assertThat(files("tmp")).isEmpty();
  }

  @Test
  void whatIsNotWantedIsNotWritten() throws IOException {
    Held first = start(MESSAGE);
    first.part(1).abandon();
    first.outcome();
    Held held = new Held();
    held.isWanted = false;

    deliver(mailboxes, Messages.to(recipient("ann@dest.example")), held);

    assertDeferred(held, Reason.DESTINATION_BUSY);
    assertThat(files("tmp")).isEmpty();
  }

  @Test
  void anAttemptThatIsRepeatedAtTheWordDeliversOnce() throws IOException {
    Held held = start(MESSAGE);
    held.part(1).go();
    held.outcome();

    Held repeated = start(MESSAGE);

    assertThat(repeated.outcome()).isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(repeated.parts).isEmpty();
    assertThat(files("new")).hasSize(1);
  }

  @Test
  void anAbandonedCopyDoesNotTakeThatOfTheNextAttemptAlong() throws IOException {
    Held abandoned = start(MESSAGE);
    abandoned.part(1);
    Held next = start(MESSAGE);
    next.part(1);

    abandoned.part(1).abandon();
    abandoned.outcome();
    next.part(1).go();

    assertThat(next.outcome()).isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(files("new")).hasSize(1);
    assertThat(files("tmp")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dev/full", "/dev/null"}) // the one cannot be written, the other synced
  void whereTheDiskIsFullNothingWaitsAndNothingIsLeft(String device) throws IOException {
    start(Messages.to(recipient("ann@dest.example"))).part(1).abandon();
    await().until(() -> files("tmp").isEmpty());
    Files.createSymbolicLink(
        mailbox().resolve("tmp").resolve(MaildirTransport.name(MESSAGE)), Path.of(device));

    Held held = start(MESSAGE);

    assertDeferred(held, Reason.MAILBOX_UNAVAILABLE);
    assertThat(held.parts).isEmpty();
    assertThat(files("tmp")).isEmpty();
  }

  @Test
  void aCopyThatCannotHaveItsNameIsRemovedAndDeliveredLater() throws IOException {
    Held held = start(MESSAGE);
    held.part(1);
    Files.delete(mailbox().resolve("new"));

    held.part(1).go();

    assertDeferred(held, Reason.MAILBOX_UNAVAILABLE);
    assertThat(files("tmp")).isEmpty();
    Held again = start(MESSAGE);
    again.part(1).go();
    assertThat(again.outcome()).isInstanceOf(RecipientOutcome.Delivered.class);
    assertThat(files("new")).hasSize(1);
  }

  @Test
  void oldLeftoversOfCrashesAreRemoved() throws IOException {
    Path tmp = Files.createDirectories(mailbox().resolve("tmp"));
    FileTime old = FileTime.from(now.minus(Duration.ofHours(37)));
    Path leftover = Files.createFile(tmp.resolve("1.a.gatepost"));
    Files.setLastModifiedTime(leftover, old);
    Path others = Files.createFile(tmp.resolve("1.a.other"));
    Files.setLastModifiedTime(others, old);
    Path young = Files.createFile(tmp.resolve("2.b.gatepost"));
    Files.setLastModifiedTime(young, FileTime.from(now));

    start(MESSAGE).part(1);

    assertThat(leftover).doesNotExist();
    assertThat(others).exists();
    assertThat(young).exists();
  }

  @Test
  void whereWritesHangNoMoreAreWanted() {
    MaildirTransport one = mailboxes(1);
    var end = queue.hang();
    Held hanging = new Held();
    assertThat(one.against()).isEmpty();

    deliver(one, Messages.stored(new byte[10], recipient("ann@dest.example")), hanging);

    await().untilAsserted(() -> assertThat(one.against()).contains(Why.BUSY));
    end.completeExceptionally(new RpcException(RpcStatus.UNAVAILABLE, "no connection"));
    await().untilAsserted(() -> assertThat(one.against()).isEmpty());
  }

  @Test
  void copiesThatWaitForTheWordHoldNobodyUp() {
    MaildirTransport one = mailboxes(1);
    Held first = new Held();
    deliver(one, MESSAGE, first);
    first.part(1);

    Held second = new Held();
    deliver(one, Messages.to(recipient("ann@dest.example")), second);

    assertThat(second.part(1).isStanding()).isTrue();
    assertThat(one.against()).isEmpty();
  }

  private static void assertDeferred(Held held, Reason reason) {
    assertThat(held.outcome())
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reason()).isEqualTo(reason));
  }

  private MaildirTransport mailboxes(int writes) {
    return new MaildirTransport(root, queue, threads, () -> now, writes, Duration.ofSeconds(30));
  }

  private Held start(EnvelopeRecord message) {
    Held held = new Held();
    deliver(mailboxes, message, held);
    return held;
  }

  private static void deliver(MaildirTransport mailboxes, EnvelopeRecord message, Held held) {
    mailboxes.deliver(
        message,
        message.envelope().recipients(),
        new Destination.Mailbox("ann", DomainName.of("dest.example")),
        held);
  }

  private Path mailbox() {
    return root.resolve("dest.example").resolve("ann");
  }

  private List<Path> files(String part) throws IOException {
    try (Stream<Path> files = Files.list(mailbox().resolve(part))) {
      return files.toList();
    }
  }

  /// Holds what is prepared.
  private static final class Held implements Transport.Receiver {
    private final List<Transport.Prepared> parts = new CopyOnWriteArrayList<>();
    private final List<RecipientOutcome> outcomes = new CopyOnWriteArrayList<>();
    private volatile boolean isWanted = true;

    @Override
    public void accept(List<RecipientOutcome> ended) {
      outcomes.addAll(ended);
    }

    @Override
    public boolean isWanted() {
      return isWanted;
    }

    @Override
    public void prepared(Transport.Prepared part) {
      parts.add(part);
    }

    Transport.Prepared part(int number) {
      await().until(() -> parts.size() >= number);
      return parts.get(number - 1);
    }

    RecipientOutcome outcome() {
      await().until(() -> !outcomes.isEmpty());
      assertThat(outcomes).hasSize(1);
      return outcomes.getFirst();
    }
  }
}
