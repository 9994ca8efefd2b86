package io.gatepost.queue.log.conclude;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Covered;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.LogBounds;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.queue.Messages;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.queue.log.retry.RetryHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Records of conclusions in the log.
class ConclusionWriterIT {

  private static final String RETRY = Topics.retry(ConclusionWriters.HOUR);
  private static final Duration BUSY_STEP = ConclusionWriters.BUSY_STEP;

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

    writers.start(log.clients()).write(conclusion).join();

    ConsumerRecord<String, byte[]> retry = log.read(RETRY).getFirst();
    assertThat(RetryHeaders.lastReply(retry)).isEqualTo(Messages.BUSY.toString());
    assertThat(RetryHeaders.reason(retry)).contains(Reason.UNREACHABLE);
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
  void theTraceStandsBesideTheReplacementAndTheEnvelopeIsTheSame() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test");
    EnvelopeRecord other = Messages.inline(Messages.id(), "hello", "a@x.test");
    ConclusionWriter writer = writers.start(log.clients());

    writer.write(Messages.deferral(message), Map.of("traceparent", "00-1-2-03")).join();
    writer.write(Messages.deferral(other)).join();

    List<ConsumerRecord<String, byte[]>> retries = log.read(RETRY);
    assertThat(new String(retries.get(0).headers().lastHeader("traceparent").value(), UTF_8))
        .isEqualTo("00-1-2-03");
    assertThat(retries.get(1).headers().lastHeader("traceparent")).isNull();
    assertThat(log.envelopes(RETRY).get(0).envelope().recipients())
        .isEqualTo(log.envelopes(RETRY).get(1).envelope().recipients());
    assertThat(log.read(Topics.OUTCOMES))
        .allSatisfy(end -> assertThat(end.headers().lastHeader("traceparent")).isNull());
  }

  @Test
  void thePartsOfAMessageAreWrittenWithTheEndOfTheWhole() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "list@x.test");
    Recipient list = message.envelope().recipients().getFirst();
    EnvelopeRecord part =
        new EnvelopeRecord(
            message
                .envelope()
                .part(
                    message.envelope().id().part(1),
                    List.of(list.member(ForwardPath.of("a@x.test"))),
                    Covered.NOBODY),
            message.content());
    Conclusion conclusion =
        new Conclusion(
            message.envelope().id(),
            0,
            Messages.deferral(message).outcomes(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            List.of(part),
            Optional.of(new LogBounds(7, 0)));

    writers.start(log.clients()).write(conclusion).join();

    assertThat(log.keys(Topics.DUE)).containsExactly(part.envelope().id().text());
    assertThat(log.envelopes(Topics.DUE).getFirst().envelope()).isEqualTo(part.envelope());
    assertThat(OutcomeRecordCodec.decode(log.read(Topics.OUTCOMES).getFirst().value()))
        .isEqualTo(
            new OutcomeRecord.Ended(
                conclusion.id(), 0, conclusion.outcomes(), conclusion.records()));
    assertThat(
            writers
                .registry()
                .find("gatepost.queue.invariant.broken")
                .tag("check", "outcomes")
                .counters())
        .allMatch(counter -> counter.count() == 0);
  }

  @Test
  void theEndOfALaterGenerationSaysSoInItsHeader() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test");
    EnvelopeRecord later =
        new EnvelopeRecord(
            message.envelope().deferred(message.envelope().recipients()), message.content());

    writers.start(log.clients()).write(Messages.deferral(later)).join();

    assertThat(log.read(Topics.OUTCOMES).getFirst().headers().lastHeader(Topics.LATER_GENERATION))
        .isNotNull();
    assertThat(log.keys(Topics.retry(Duration.ofHours(2)))).hasSize(1);
  }

  @Test
  void whatIsBusyWaitsForTheBusyStepAndItsDestinationIsHeld() {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test");
    Conclusion busy = Messages.deferral(message, Conclusion.Wait.BUSY, Optional.of("mx:x.test"));

    writers.start(log.clients()).write(busy).join();

    assertThat(log.envelopes(Topics.retry(BUSY_STEP)))
        .singleElement()
        .satisfies(replacement -> {
          assertThat(replacement.envelope().generation()).isEqualTo(1);
          assertThat(replacement.envelope().attempts()).isZero();
        });
    assertThat(RetryHeaders.heldUpBy(log.read(Topics.retry(BUSY_STEP)).getFirst()))
        .contains("mx:x.test");
    assertThat(writers.holds().of("mx:x.test")).contains(Conclusion.Wait.BUSY);
  }

  @Test
  void largerContentMovesToTheStoreAtTheFirstDeferral() throws IOException {
    byte[] large = new byte[8 * 1024 + 1];
    Arrays.fill(large, (byte) 'x');
    EnvelopeRecord message = Messages.inline(Messages.id(), Instant.now(), large, "a@x.test");

    writers.start(log.clients()).write(Messages.deferral(message)).join();

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

    writers.start(log.clients()).write(Messages.deferral(message)).join();

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
    ConclusionWriter writer = writers.writer(log.clients());
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

    writers.start(log.clients()).write(odd).join();

    assertThat(
            writers
                .registry()
                .get("gatepost.queue.invariant.broken")
                .tag("check", "outcomes")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(log.read(RETRY)).hasSize(1);
  }

  @Test
  void afterTheStopNothingIsTaken() {
    ConclusionWriter writer = writers.start(log.clients());
    writer.close();

    assertThatThrownBy(() ->
            writer.write(Messages.deferral(Messages.inline(Messages.id(), "x", "a@x.test"))).join())
        .hasCauseInstanceOf(RpcException.class);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
