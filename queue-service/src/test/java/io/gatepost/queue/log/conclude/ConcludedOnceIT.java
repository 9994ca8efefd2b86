package io.gatepost.queue.log.conclude;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.GroupMember;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.queue.Messages;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.queue.log.maintain.HangingTransactions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

/// Each generation is concluded once, by the owner of its partition, and transactions of runs that
/// were killed are in nobody's way.
class ConcludedOnceIT {

  private static final String RETRY = Topics.retry(ConclusionWriters.HOUR);

  @TempDir Path directory;
  private ConclusionWriters writers;
  private TestLog log;

  @BeforeEach
  void open() {
    writers = ConclusionWriters.over(directory);
    log = writers.log();
  }

  @AfterEach
  void close() {
    writers.close();
  }

  @Test
  void ofATransactionThatIsAbortedNothingIsSeenAndARepeatIsWrittenOnce() {
    ConclusionWriter writer = writers.start(log.abortingClients());
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
    ConclusionWriter writer = writers.start(log.doubtfulClients());
    Conclusion conclusion = Messages.deferral(Messages.inline(Messages.id(), "hello", "a@x.test"));

    assertThatThrownBy(() -> writer.write(conclusion).join()).hasMessageContaining("no answer");
    writer.write(conclusion).join();
    writer.write(conclusion).join();

    assertThat(log.keys(RETRY)).containsExactly(conclusion.id().text());
    assertThat(log.keys(Topics.OUTCOMES)).containsExactly(conclusion.id().text());
    assertThat(writers.registry().get("gatepost.queue.conclusions.repeated").counter().count())
        .isEqualTo(2);
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
    ConclusionWriter writer = writers.start(log.doubtfulClients());

    assertThatThrownBy(() -> writer.write(allServed).join()).hasMessageContaining("no answer");
    writer.write(allServed).join();

    assertThat(log.keys(Topics.DUE)).hasSize(1);
    assertThat(log.keys(Topics.OUTCOMES)).hasSize(1);
  }

  @Test
  void whatAnEarlierProcessHasWrittenIsNotWrittenTwice() {
    Conclusion conclusion = Messages.deferral(Messages.inline(Messages.id(), "hello", "a@x.test"));
    Conclusion another = Messages.deferral(Messages.inline(Messages.id(), "hello", "a@x.test"));
    ConclusionWriter earlier = writers.start(log.clients());
    earlier.write(conclusion).join();
    earlier.close();
    ConclusionWriter later = writers.start(log.clients());

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
      ConclusionWriter writer = writers.writer(log.clients());
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
      assertThat(writers.registry().get("gatepost.queue.conclusions.refused").counter().count())
          .isOne();
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

    assertThatThrownBy(() -> writers.start(log.clients()).write(conclusion.ownedBy(unknown)).join())
        .cause()
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.ABORTED));
    assertThat(log.keys(Topics.OUTCOMES)).isEmpty();
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

    writers.start(log.clients());

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
    // The coordinator answers before the partitions have their marks.
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(log.readBeforeOpenTransactions(Topics.OUTCOMES)).hasSize(1));
    Awaitility.await()
        .untilAsserted(() -> assertThat(log.readBeforeOpenTransactions(RETRY)).hasSize(1));
  }

  private static GroupMember member(Consumer<String, byte[]> consumer) {
    ConsumerGroupMetadata group = consumer.groupMetadata();
    return new GroupMember(group.memberId(), group.groupInstanceId(), group.generationId());
  }
}
