package io.gatepost.queue.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.GroupMember;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.queue.Messages;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.ladder.RetryLadder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConclusionWriterIT {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration BUSY_STEP = Duration.ofMinutes(20);
  private static final RetryLadder LADDER =
      new RetryLadder(List.of(HOUR, Duration.ofHours(2)), BUSY_STEP);
  private static final String RETRY = Topics.retry(HOUR);

  @TempDir Path directory;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final DestinationHolds holds = new DestinationHolds(HOUR, () -> 0);
  private final List<ConclusionWriter> writers = new ArrayList<>();
  private FileContentStore contents;
  private TestLog log;

  @BeforeEach
  void open() {
    log = TestLog.empty(BUSY_STEP, HOUR, Duration.ofHours(2));
    contents = new FileContentStore(directory);
  }

  @AfterEach
  void close() {
    writers.forEach(ConclusionWriter::close);
    contents.close();
    log.close();
  }

  @Test
  void theEndTheReplacementAndTheNoticesAreWrittenTogether() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test", "b@x.test");
    Conclusion deferral = Messages.deferral(message);
    EnvelopeRecord notice =
        Messages.inline(message.envelope().id().notice(0), "a notice", "sender@example.test");
    Conclusion conclusion =
        new Conclusion(
            deferral.id(),
            deferral.generation(),
            deferral.outcomes(),
            deferral.retry(),
            List.of(notice),
            Optional.empty());

    start(log.clients()).write(conclusion).join();

    ConsumerRecord<String, byte[]> retry = log.read(RETRY).getFirst();
    assertThat(RetryHeaders.lastReply(retry)).isEqualTo(Messages.BUSY.toString());
    assertThat(RetryHeaders.heldUpBy(retry)).isEmpty();
    EnvelopeRecord replacement = log.envelopes(RETRY).getFirst();
    assertThat(replacement.envelope().generation()).isEqualTo(1);
    assertThat(replacement.envelope().attempts()).isEqualTo(1);
    assertThat(replacement.content()).isEqualTo(message.content());
    assertThat(log.keys(Topics.DUE)).containsExactly(notice.envelope().id().text());
    ConsumerRecord<String, byte[]> outcome = log.read(Topics.OUTCOMES).getFirst();
    assertThat(OutcomeRecordCodec.decode(outcome.value()))
        .isEqualTo(new OutcomeRecord.Ended(conclusion.id(), 0, conclusion.outcomes()));
    assertThat(outcome.headers().lastHeader(Topics.LATER_GENERATION)).isNull();
  }

  @Test
  void theEndOfALaterGenerationSaysSoInItsHeader() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test");
    EnvelopeRecord later =
        new EnvelopeRecord(
            message.envelope().deferred(message.envelope().recipients()), message.content());

    start(log.clients()).write(Messages.deferral(later)).join();

    assertThat(log.read(Topics.OUTCOMES).getFirst().headers().lastHeader(Topics.LATER_GENERATION))
        .isNotNull();
    assertThat(log.keys(Topics.retry(Duration.ofHours(2)))).hasSize(1);
  }

  @Test
  void whatIsBusyWaitsForTheBusyStepAndItsDestinationIsHeld() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test");
    Conclusion busy = Messages.deferral(message, Conclusion.Wait.BUSY, Optional.of("mx:x.test"));

    start(log.clients()).write(busy).join();

    assertThat(log.envelopes(Topics.retry(BUSY_STEP)))
        .singleElement()
        .satisfies(replacement -> {
          assertThat(replacement.envelope().generation()).isEqualTo(1);
          assertThat(replacement.envelope().attempts()).isZero();
        });
    assertThat(RetryHeaders.heldUpBy(log.read(Topics.retry(BUSY_STEP)).getFirst()))
        .contains("mx:x.test");
    assertThat(holds.of("mx:x.test")).contains(Conclusion.Wait.BUSY);
  }

  @Test
  void ofATransactionThatIsAbortedNothingIsSeenAndARepeatIsWrittenOnce() {
    ConclusionWriter writer = start(log.abortingClients());
    writer.write(Messages.deferral(Messages.inline(Messages.id(), "1", "a@x.test"))).join();
    writer.write(Messages.deferral(Messages.inline(Messages.id(), "2", "a@x.test"))).join();
    Conclusion third = Messages.deferral(Messages.inline(Messages.id(), "3", "a@x.test"));

    assertThatThrownBy(() -> writer.write(third).join())
        .hasCauseInstanceOf(RpcException.class)
        .hasMessageContaining("aborted by the test");
    assertThat(log.read(RETRY)).hasSize(2);
    assertThat(log.read(Topics.OUTCOMES)).hasSize(2);
    writer.write(third).join();

    assertThat(log.keys(RETRY)).hasSize(3).last().isEqualTo(third.id().text());
    assertThat(log.keys(Topics.OUTCOMES)).hasSize(3).last().isEqualTo(third.id().text());
  }

  @Test
  void whatWasCommittedWithoutAnAnswerIsNotWrittenTwice() {
    ConclusionWriter writer = start(log.doubtfulClients());
    Conclusion conclusion = Messages.deferral(Messages.inline(Messages.id(), "hello", "a@x.test"));

    assertThatThrownBy(() -> writer.write(conclusion).join()).hasMessageContaining("no answer");
    writer.write(conclusion).join();
    writer.write(conclusion).join();

    assertThat(log.keys(RETRY)).containsExactly(conclusion.id().text());
    assertThat(log.keys(Topics.OUTCOMES)).containsExactly(conclusion.id().text());
    assertThat(registry.get("gatepost.queue.conclusions.repeated").counter().count()).isEqualTo(2);
  }

  @Test
  void aNoticeOfSuccessIsNotWrittenTwiceEither() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test");
    Recipient recipient = message.envelope().recipients().getFirst();
    Conclusion allServed =
        new Conclusion(
            message.envelope().id(),
            0,
            List.of(
                new RecipientOutcome.Delivered(
                    recipient, "next.test", Reply.of(250, "2.0.0", "ok"))),
            Optional.empty(),
            List.of(Messages.inline(message.envelope().id().notice(0), "done", "s@example.test")),
            Optional.empty());
    ConclusionWriter writer = start(log.doubtfulClients());

    assertThatThrownBy(() -> writer.write(allServed).join()).hasMessageContaining("no answer");
    writer.write(allServed).join();

    assertThat(log.keys(Topics.DUE)).hasSize(1);
    assertThat(log.keys(Topics.OUTCOMES)).hasSize(1);
  }

  @Test
  void whatAnEarlierProcessHasWrittenIsNotWrittenTwice() {
    Conclusion conclusion = Messages.deferral(Messages.inline(Messages.id(), "hello", "a@x.test"));
    Conclusion another = Messages.deferral(Messages.inline(Messages.id(), "hello", "a@x.test"));
    ConclusionWriter earlier = start(log.clients());
    earlier.write(conclusion).join();
    earlier.close();
    ConclusionWriter later = start(log.clients());

    CompletableFuture.allOf(later.write(conclusion), later.write(another)).join();

    assertThat(log.keys(RETRY)).containsExactly(conclusion.id().text(), another.id().text());
    assertThat(log.keys(Topics.OUTCOMES)).hasSize(2);
  }

  @Test
  void ofAnOwnerWhoHasBeenReplacedNothingIsWritten() {
    Conclusion late = Messages.deferral(Messages.inline(Messages.id(), "late", "a@x.test"));
    Conclusion good = Messages.deferral(Messages.inline(Messages.id(), "good", "a@x.test"));
    Conclusion nobodys = Messages.deferral(Messages.inline(Messages.id(), "free", "a@x.test"));
    try (Consumer<String, byte[]> replaced = log.joinDelivery();
        Consumer<String, byte[]> owner = log.joinDelivery()) {
      ConclusionWriter writer = writer(log.clients());
      CompletableFuture<Void> refused = writer.write(late.ownedBy(member(replaced)));
      CompletableFuture<Void> written = writer.write(good.ownedBy(member(owner)));
      CompletableFuture<Void> free = writer.write(nobodys);
      writer.start(); // all wait by now, so they share a batch

      CompletableFuture.allOf(written, free).join();
      assertThatThrownBy(refused::join)
          .cause()
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.ABORTED));
      assertThat(log.keys(RETRY)).containsExactly(good.id().text(), nobodys.id().text());
      assertThat(log.keys(Topics.OUTCOMES)).hasSize(2);
      assertThat(registry.get("gatepost.queue.conclusions.refused").counter().count()).isOne();
      Awaitility.await() // its marker comes after the commit's answer
          .until(() -> log.committed(Topics.DELIVERY_GROUP, Topics.OUTCOMES) >= 0);

      writer.write(late.ownedBy(member(owner))).join();
      assertThat(log.keys(RETRY)).hasSize(3).last().isEqualTo(late.id().text());
    }
  }

  @Test
  void ofAnOwnerWhomTheBrokerDoesNotKnowNothingIsWritten() {
    GroupMember unknown = new GroupMember("nobody", Optional.empty(), 3);
    Conclusion conclusion = Messages.deferral(Messages.inline(Messages.id(), "hello", "a@x.test"));

    assertThatThrownBy(() -> start(log.clients()).write(conclusion.ownedBy(unknown)).join())
        .cause()
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.ABORTED));
    assertThat(log.keys(Topics.OUTCOMES)).isEmpty();
  }

  @Test
  void largerContentMovesToTheStoreAtTheFirstDeferral() throws IOException {
    byte[] large = new byte[8 * 1024 + 1];
    Arrays.fill(large, (byte) 'x');
    EnvelopeRecord message = Messages.inline(Messages.id(), Instant.now(), large, "a@x.test");

    start(log.clients()).write(Messages.deferral(message)).join();

    EnvelopeRecord replacement = log.envelopes(RETRY).getFirst();
    assertThat(replacement.content()).isEmpty();
    assertThat(replacement.envelope().content())
        .isInstanceOfSatisfying(
            ContentRef.Stored.class,
            stored -> {
              assertThat(stored.key()).isEqualTo(message.envelope().id());
              assertThat(stored.octets()).isEqualTo(large.length);
            });
    assertThat(files())
        .singleElement()
        .satisfies(file -> assertThat(Files.readAllBytes(file)).isEqualTo(large));
  }

  @Test
  void smallContentStaysInTheRecord() throws IOException {
    EnvelopeRecord message =
        Messages.inline(Messages.id(), Instant.now(), new byte[8 * 1024], "a@x.test");

    start(log.clients()).write(Messages.deferral(message)).join();

    assertThat(log.envelopes(RETRY).getFirst().content()).hasSize(8 * 1024);
    assertThat(files()).isEmpty();
  }

  @Test
  void aConclusionThatCannotBeWrittenDoesNotKeepTheOthersOfItsBatch() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test");
    Reply endless = Reply.plain(451, "x".repeat(LogClients.MAX_RECORD_OCTETS));
    Recipient recipient = message.envelope().recipients().getFirst();
    Conclusion tooLarge =
        new Conclusion(
            message.envelope().id(),
            0,
            List.of(new RecipientOutcome.Deferred(recipient, Reason.NEXT_HOP_DEFERRED, endless)),
            Messages.deferral(message).retry(),
            List.of(),
            Optional.empty());
    Conclusion good = Messages.deferral(Messages.inline(Messages.id(), "hello", "a@x.test"));
    ConclusionWriter writer = writer(log.clients());
    CompletableFuture<Void> bad = writer.write(tooLarge);
    CompletableFuture<Void> written = writer.write(good);
    writer.start(); // both wait by now, so they share a batch

    written.join();
    assertThatThrownBy(bad::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.INVALID_ARGUMENT));
    assertThat(log.keys(RETRY)).containsExactly(good.id().text());
    assertThat(log.keys(Topics.OUTCOMES)).containsExactly(good.id().text());
  }

  @Test
  void outcomesThatDoNotAddUpAreCountedAndWrittenAllTheSame() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test", "b@x.test");
    Conclusion deferral = Messages.deferral(message);
    Conclusion odd =
        new Conclusion(
            deferral.id(),
            0,
            deferral.outcomes().subList(0, 1),
            deferral.retry(),
            deferral.notices(),
            Optional.empty());

    start(log.clients()).write(odd).join();

    assertThat(
            registry
                .get("gatepost.queue.invariant.broken")
                .tag("check", "outcomes")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(log.read(RETRY)).hasSize(1);
  }

  @Test
  void aTransactionThatAKilledRunLeftOpenIsAbortedAtTheStart() {
    Producer<String, byte[]> killed = log.clients().transactionalProducer("conclusions");
    killed.initTransactions();
    killed.beginTransaction();
    killed.send(new ProducerRecord<>(Topics.OUTCOMES, 0, "lost", new byte[1]));
    killed.flush();
    log.append(new ProducerRecord<>(Topics.OUTCOMES, 0, "behind it", new byte[1]));
    assertThat(log.readBeforeOpenTransactions(Topics.OUTCOMES)).isEmpty();

    start(log.clients());

    Awaitility.await()
        .atMost(Duration.ofSeconds(10)) // less than its own timeout
        .untilAsserted(() ->
            assertThat(log.readBeforeOpenTransactions(Topics.OUTCOMES))
                .extracting(ConsumerRecord::key)
                .containsExactly("behind it"));
    killed.close(Duration.ZERO);
  }

  @Test
  void aTransactionThatTheBrokerKnowsIsLeftToItHoweverOldItLooks() throws Exception {
    try (Producer<String, byte[]> producer = log.clients().transactionalProducer("slow")) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(Topics.OUTCOMES, 0, "first", new byte[1]));
      producer.send(new ProducerRecord<>(RETRY, 0, "second", new byte[1]));
      producer.flush();

      new HangingTransactions(InstantSource.offset(InstantSource.system(), Duration.ofDays(1)))
          .run(log.admin());

      producer.commitTransaction();
    }
    assertThat(log.readBeforeOpenTransactions(Topics.OUTCOMES)).hasSize(1);
    assertThat(log.readBeforeOpenTransactions(RETRY)).hasSize(1);
  }

  @Test
  void afterTheStopNothingIsTaken() {
    ConclusionWriter writer = start(log.clients());
    writer.close();

    assertThatThrownBy(() ->
            writer.write(Messages.deferral(Messages.inline(Messages.id(), "x", "a@x.test"))).join())
        .hasCauseInstanceOf(RpcException.class);
  }

  private static GroupMember member(Consumer<String, byte[]> consumer) {
    ConsumerGroupMetadata group = consumer.groupMetadata();
    return new GroupMember(group.memberId(), group.groupInstanceId(), group.generationId());
  }

  private ConclusionWriter start(LogClients clients) {
    ConclusionWriter writer = writer(clients);
    writer.start();
    return writer;
  }

  private ConclusionWriter writer(LogClients clients) {
    ConclusionWriter writer =
        new ConclusionWriter(
            clients,
            new ConclusionRecords(LADDER, contents),
            new ConcludedGenerations(),
            holds,
            new LogMeters(registry));
    writers.add(writer);
    return writer;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
