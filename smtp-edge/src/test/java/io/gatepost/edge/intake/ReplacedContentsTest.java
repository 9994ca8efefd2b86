package io.gatepost.edge.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.Replacement;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.edge.FakeDelivery;
import io.gatepost.edge.FakeQueue;
import io.gatepost.edge.policy.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Messages of which scanners replace the body (requirement E31), with scanners that do as they are
/// told.
class ReplacedContentsTest {

  private static final Duration ENOUGH = Duration.ofMinutes(1);
  private static final QueueIdSequence IDS = new QueueIdSequence(InstantSource.system(), 1);
  private static final HeaderEdits EDITS =
      new HeaderEdits(List.of(HeaderEdit.Insert.onTop("X-Seen", "yes")));
  private static final String HEADER = "Received: from a by b; now\r\nSubject: one\r\n\r\n";
  private static final ContentVerdict FILTER_AT_FAULT =
      new ContentVerdict.Refused(
          new Verdict.Refuse(Reason.CONTENT_DEFERRED, Replies.SCANNER_UNAVAILABLE));

  private final FakeQueue queue = new FakeQueue();
  private final FakeDelivery delivery = new FakeDelivery();
  private final ContentMemory memory = new ContentMemory(Replacing.INLINE_THRESHOLD, 1 << 20, 10);
  private final FakeScanners scanners = new FakeScanners();
  private final Acceptance acceptance =
      new Acceptance(
          scanners,
          queue,
          new EarlyHandover(
              delivery,
              new EarlyHandover.Terms(true, ENOUGH, ENOUGH, 10),
              new SimpleMeterRegistry()),
          new LateScanLimit(
              new LateScanLimit.Bounds(2, 100, Duration.ofHours(1)),
              System::nanoTime,
              new SimpleMeterRegistry()),
          Replacing.with(scanners, queue, memory),
          ENOUGH,
          ENOUGH);
  private final Envelope envelope = envelope();

  @Test
  void aSmallBodyStaysInMemoryWithItsDotsDoubled() {
    scanners.give(HEADER + ".dot\r\n..two\r\nno end");

    EnvelopeRecord changed = clean(inMemory("old\r\n"));

    assertThat(text(changed.content())).isEqualTo(HEADER + "..dot\r\n...two\r\nno end\r\n");
    assertThat(changed.envelope())
        .isEqualTo(
            envelope
                .withContent(new ContentRef.Inline(changed.content().length))
                .scanned(EDITS, ScanState.DONE));
    assertThat(memory.used()).isZero();
  }

  @Test
  void aBinaryBodyComesBackOctetForOctetWhenItsDotsAreTakenOut() {
    MailParameters binary =
        new MailParameters(
            BodyType.BINARY_MIME, MailParameters.AddressForm.ASCII, DsnParameters.OfMessage.NONE);
    scanners.give(HEADER + ".a\nb\rc\0\r\n.d");

    ContentVerdict verdict =
        acceptance
            .judge(
                envelope.id(),
                inMemory("old\r\n"),
                content ->
                    new Envelope(
                        envelope.id(),
                        0,
                        0,
                        envelope.arrivedAt(),
                        envelope.sender(),
                        envelope.recipients(),
                        envelope.provenance(),
                        binary,
                        content),
                0)
            .block(ENOUGH);

    assertThat(verdict)
        .isInstanceOfSatisfying(
            ContentVerdict.Clean.class,
            clean ->
                assertThat(text(clean.message().content()))
                    .isEqualTo(HEADER + "..a\nb\rc\0\r\n..d"));
  }

  @ParameterizedTest
  @ValueSource(ints = {2_000, 500_000})
  void aLargeBodyGoesIntoTheContentStoreUnderAKeyOfItsOwn(int lines) {
    String body = ".234567890\r\n".repeat(lines);
    scanners.give(HEADER + body);

    EnvelopeRecord changed = clean(stored());

    assertThat(changed.content()).isEmpty();
    assertThat(changed.envelope().id()).isEqualTo(envelope.id());
    assertThat(changed.envelope().content())
        .isInstanceOfSatisfying(
            ContentRef.Stored.class,
            content -> {
              assertThat(content.key()).isEqualTo(envelope.id().replaced());
              assertThat(text(queue.contents.get(content.key())))
                  .isEqualTo(HEADER + body.replace(".2", "..2"));
            });
    await().atMost(ENOUGH).until(() -> !queue.contents.containsKey(envelope.id()));
    assertThat(queue.largestChunk).isLessThanOrEqualTo(ContentMemory.CHUNK_OCTETS);
    assertThat(memory.used()).isZero();
    assertThat(memory.uploads()).isZero();
  }

  @Test
  void aLargeMessageMayBecomeASmallOne() {
    scanners.give(HEADER + "new\r\n");

    EnvelopeRecord changed = clean(stored());

    assertThat(text(changed.content())).isEqualTo(HEADER + "new\r\n");
    await().atMost(ENOUGH).until(queue.contents::isEmpty);
  }

  @Test
  void theChangedMessageIsDeliveredEarlyOrQueued() {
    AtomicReference<EnvelopeRecord> tried = new AtomicReference<>();
    delivery.attempts =
        message -> {
          tried.set(message);
          return Mono.just(new EarlyResult.NotTried(EarlyResult.Why.NO_ROOM));
        };
    scanners.give(HEADER + "new\r\n");
    EnvelopeRecord changed = clean(inMemory("old\r\n"));

    assertThat(acceptance.deliver(changed).begin().block(ENOUGH))
        .isInstanceOf(Accepted.Queued.class);

    assertThat(text(tried.get().content())).isEqualTo(HEADER + "new\r\n");
    assertThat(queue.messages)
        .extracting(each -> text(each.content()))
        .containsExactly(HEADER + "new\r\n");
    assertThat(queue.messages.getFirst().envelope().edits()).isEqualTo(EDITS);
  }

  @Test
  void contentThatBreaksOffOrIsGoneIsDeferredAndLeavesNothing() {
    scanners.content =
        Flux.concat(
            pieces("x".repeat(100_000)),
            Flux.error(new RpcException(RpcStatus.UNAVAILABLE, "broken off")));
    scanners.octets = 200_000;
    assertDeferred();

    scanners.content = pieces("x".repeat(100_000));
    assertDeferred();

    scanners.content = Flux.error(new RpcException(RpcStatus.NOT_FOUND, "gone"));
    assertDeferred();
  }

  private void assertDeferred() {
    assertThat(judged(stored()))
        .isEqualTo(
            new ContentVerdict.Refused(
                new Verdict.Refuse(Reason.SERVICE_UNAVAILABLE, Replies.SCANNER_UNAVAILABLE)));
    assertNothingIsKept();
  }

  @Test
  void contentThatMayNotBePassedOnIsTheFiltersFaultAndNotTheClients() {
    for (String body : List.of("bare\rCR\r\n", "NUL\0\r\n")) {
      scanners.give(HEADER + body);

      assertThat(judged(stored())).isEqualTo(FILTER_AT_FAULT);
      assertNothingIsKept();
    }
    scanners.give(HEADER + "x".repeat(Replacing.MAX_MESSAGE));
    assertThat(judged(stored())).isEqualTo(FILTER_AT_FAULT);
    assertNothingIsKept();
  }

  @Test
  void aContentStoreThatFailsIsToldAsSuch() {
    scanners.give(HEADER + "x".repeat(100_000) + "\r\n");
    ReceivedContent received = stored();
    queue.failure = Optional.of(new RpcException(RpcStatus.RESOURCE_EXHAUSTED, "no room"));

    assertThat(judged(received))
        .isEqualTo(
            new ContentVerdict.Refused(
                new Verdict.Refuse(Reason.NO_SPACE, Replies.NO_CONTENT_STORAGE)));
    assertNothingIsKept();
  }

  @Test
  void aClientThatLeavesEndsThePullAndNothingIsKept() {
    AtomicInteger cancelled = new AtomicInteger();
    scanners.content =
        Flux.concat(pieces("x".repeat(100_000)), Flux.<DataBuffer>never())
            .doOnCancel(cancelled::incrementAndGet);
    scanners.octets = 200_000;

    Disposable waiting =
        acceptance.judge(envelope.id(), stored(), envelope::withContent, 0).subscribe();
    await().atMost(ENOUGH).until(() -> memory.uploads() == 1);
    waiting.dispose();

    assertThat(cancelled).hasValue(1);
    assertNothingIsKept();
  }

  private void assertNothingIsKept() {
    await().atMost(ENOUGH).until(queue.contents::isEmpty);
    assertThat(memory.used()).isZero();
    assertThat(memory.uploads()).isZero();
  }

  private EnvelopeRecord clean(ReceivedContent received) {
    ContentVerdict verdict = judged(received);
    assertThat(verdict).isInstanceOf(ContentVerdict.Clean.class);
    return ((ContentVerdict.Clean) verdict).message();
  }

  private ContentVerdict judged(ReceivedContent received) {
    ContentVerdict verdict =
        acceptance.judge(envelope.id(), received, envelope::withContent, 0).block(ENOUGH);
    assertThat(verdict).isNotNull();
    return verdict;
  }

  private static ReceivedContent inMemory(String body) {
    return new ReceivedContent.InMemory((HEADER + body).getBytes(StandardCharsets.US_ASCII));
  }

  private ReceivedContent stored() {
    queue.contents.put(envelope.id(), new byte[100]);
    return new ReceivedContent.Streamed(Mono.just(new ContentRef.Stored(envelope.id(), 100, "")));
  }

  private static Flux<DataBuffer> pieces(String text) {
    int size = 50_000;
    return Flux.range(0, (text.length() + size - 1) / size)
        .map(i -> text.substring(i * size, Math.min(text.length(), (i + 1) * size)))
        .map(piece ->
            DefaultDataBufferFactory.sharedInstance.wrap(
                piece.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.US_ASCII);
  }

  private static Envelope envelope() {
    return new Envelope(
        IDS.next(),
        0,
        0,
        Instant.now(),
        ReversePath.of("ann@sender.example"),
        List.of(Recipient.of(ForwardPath.of("bob@dest.example"))),
        Provenance.local(),
        MailParameters.NONE,
        new ContentRef.Inline(1));
  }

  /// Replaces the content of each message.
  private static final class FakeScanners implements Scanning {
    private Flux<DataBuffer> content = Flux.empty();
    private long octets;

    void give(String text) {
      content = pieces(text);
      octets = text.length();
    }

    @Override
    public Mono<ScanReport> scan(EnvelopeRecord message, ScanTerms terms) {
      return Mono.just(
          new ScanReport(
              new ScanDecision.AcceptChanged(EDITS, new Replacement("the token", octets)),
              List.of()));
    }

    @Override
    public Flux<DataBuffer> replacement(String token) {
      assertThat(token).isEqualTo("the token");
      return content;
    }
  }
}
