package io.gatepost.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Completion;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.QuarantineOperator;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.contract.queue.QueuePage;
import io.gatepost.contract.queue.QueueSearch;
import io.gatepost.contract.queue.QueueStats;
import io.gatepost.contract.queue.QueuedMessage;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.queue.QueueProperties.Durability;
import io.gatepost.queue.content.DiskReserve;
import io.gatepost.queue.content.FakeDisk;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.log.append.LogAppender;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.queue.log.conclude.ConclusionWriter;
import io.gatepost.queue.quarantine.QuarantineIntake;
import io.gatepost.rpc.RpcClients;
import io.gatepost.rpc.RpcProperties;
import io.gatepost.rpc.Service;
import io.gatepost.rpc.process.SuiteProcess;
import io.gatepost.rpc.trace.Traces;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class LogQueueIT {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final AppendLimit LIMIT = new AppendLimit(Instant.now().plus(PATIENCE));
  private static final RetryLadder LADDER = new RetryLadder(List.of(HOUR), Duration.ofMinutes(20));

  @TempDir Path directory;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private TestLog log;
  private FileContentStore contents;
  private LogAppender appender;
  private ConclusionWriter writer;

  @BeforeEach
  void open() {
    log = TestLog.empty(LADDER.busyStep(), HOUR);
    contents = new FileContentStore(directory.resolve("content"));
    appender = log.appender();
    writer = log.conclusionWriter(LADDER, contents, registry);
  }

  @AfterEach
  void close() {
    writer.close();
    appender.close();
    contents.close();
    log.close();
  }

  @Test
  void whatIsRepeatedJoinsTheFirst() {
    Queue queue = queue(1);
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test");
    Conclusion deferral = Messages.deferral(message);

    Mono.when(queue.enqueue(message, LIMIT), queue.enqueue(message, LIMIT)).block(PATIENCE);
    queue.enqueue(message, LIMIT).block(PATIENCE);
    Mono.when(queue.conclude(deferral), queue.conclude(deferral)).block(PATIENCE);
    queue.conclude(deferral).block(PATIENCE);

    assertThat(log.keys(Topics.READY)).hasSize(1);
    assertThat(log.keys(Topics.retry(HOUR))).hasSize(1);
    assertThat(log.keys(Topics.OUTCOMES)).hasSize(1);
  }

  /// Requirement G15.
  @Test
  void whatComesTogetherSharesASync() {
    Queue queue = queue(1);

    Flux.range(0, 500)
        .map(_ -> Messages.inline(Messages.id(), "hello", "a@x.test"))
        .flatMap(message -> queue.enqueue(message, LIMIT), 100)
        .blockLast(PATIENCE);

    assertThat(log.keys(Topics.READY)).hasSize(500);
    assertThat(appender.recordsPerSync()).isGreaterThan(5);
  }

  @Test
  void aPartitionThatTheLogDoesNotHaveIsRefusedAtOnce() {
    QueueId elsewhere = QueueId.of(Messages.id().text().substring(0, 17) + "07");
    EnvelopeRecord message = Messages.inline(elsewhere, "hello", "a@x.test");

    assertThatThrownBy(() -> queue(1).enqueue(message, LIMIT).block(Duration.ofSeconds(1)))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.INVALID_ARGUMENT))
        .hasMessageContaining("gatepost.queue.partitions");
  }

  @Test
  void belowTheReserveNothingIsAcceptedAndWhatWasAcceptedIsStillDeferred() {
    Queue queue = queue(Long.MAX_VALUE);
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test");

    assertThatThrownBy(() -> queue.enqueue(message, LIMIT).block(PATIENCE))
        .isInstanceOfSatisfying(
            RpcException.class,
            e -> assertThat(e.status()).isEqualTo(RpcStatus.RESOURCE_EXHAUSTED));
    queue.conclude(Messages.deferral(message)).block(PATIENCE);

    assertThat(log.keys(Topics.READY)).isEmpty();
    assertThat(log.keys(Topics.retry(HOUR))).hasSize(1);
  }

  @Test
  void anUploadEndsWhereTheReserveIsReachedMeanwhile() {
    FakeDisk disk = new FakeDisk(directory.resolve("ballast"), 100);
    Queue queue =
        new LogQueue(
            appender,
            writer,
            contents,
            disk.reserve(),
            new LogMeters(registry),
            Durability.FLUSHED,
            QuarantineIntake.OFF,
            Traces.OFF);
    Flux<DataBuffer> upload =
        Flux.just("first", "second", "third")
            .doOnNext(piece -> {
              if (piece.equals("second")) {
                disk.free(99);
              }
            })
            .map(piece -> DefaultDataBufferFactory.sharedInstance.wrap(piece.getBytes(UTF_8)));
    QueueId id = Messages.id();

    assertThatThrownBy(() -> queue.putContent(id, upload).block(PATIENCE))
        .isInstanceOfSatisfying(
            RpcException.class,
            e -> assertThat(e.status()).isEqualTo(RpcStatus.RESOURCE_EXHAUSTED));
    assertThatThrownBy(() -> contents.get(id).blockLast(PATIENCE))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.NOT_FOUND));
  }

  @Test
  void contentThatIsNotThereIsNotEnqueued() {
    Queue queue = queue(1);
    var id = Messages.id();
    EnvelopeRecord message = Messages.stored(id, new ContentRef.Stored(id, 5, "00"), "a@x.test");

    assertThatThrownBy(() -> queue.enqueue(message, LIMIT).block(PATIENCE))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.NOT_FOUND));
    assertThat(log.keys(Topics.READY)).isEmpty();
  }

  /// The answer was lost with the service, and the message is delivered before the call comes
  /// again.
  @Test
  void aRepeatAfterTheMessageHasEndedSucceedsAndWritesNothing() {
    var id = Messages.id();
    var stored = contents.write(id, "hello".getBytes(UTF_8));
    EnvelopeRecord message = Messages.stored(id, stored, "a@x.test");
    queue(1).enqueue(message, LIMIT).block(PATIENCE);
    Queue restarted = queue(1);
    restarted.complete(List.of(new Completion(id, 0, stored))).block(PATIENCE);

    assertThat(restarted.enqueue(message, LIMIT).block(PATIENCE).appended())
        .isEqualTo(LIMIT.until());
    assertThat(log.keys(Topics.READY)).hasSize(1);
  }

  @Test
  void aThousandRecipientsOfMaximalLengthPassEnqueueAndDeferOverHttp() {
    EnvelopeRecord message = largest();
    Conclusion deferral = Messages.deferral(message);
    try (ConfigurableApplicationContext server = serve(queue(1))) {
      int port = ((WebServerApplicationContext) server).getWebServer().getPort();
      URI uri = URI.create("http://127.0.0.1:" + port);
      Queue remote =
          RpcClients.standalone(new RpcProperties("", PATIENCE, uri, uri, uri, uri, uri, List.of()))
              .port(Queue.class, Service.QUEUE);

      remote.enqueue(message, LIMIT).block(PATIENCE);
      remote.conclude(deferral).block(PATIENCE);
    }

    EnvelopeRecord ready = log.envelopes(Topics.READY).getFirst();
    assertThat(ready.envelope()).isEqualTo(message.envelope());
    assertThat(ready.content()).isEqualTo(message.content());
    Envelope retry = log.envelopes(Topics.retry(HOUR)).getFirst().envelope();
    assertThat(retry.recipients()).isEqualTo(message.envelope().recipients());
    assertThat(retry.content()).isInstanceOf(ContentRef.Stored.class);
    assertThat(OutcomeRecordCodec.decode(log.read(Topics.OUTCOMES).getFirst().value()))
        .isEqualTo(new OutcomeRecord.Ended(deferral.id(), 0, deferral.outcomes()));
  }

  private Queue queue(long reserve) {
    return new LogQueue(
        appender,
        writer,
        contents,
        new DiskReserve(directory, directory, reserve),
        new LogMeters(registry),
        Durability.FLUSHED,
        QuarantineIntake.OFF,
        Traces.OFF);
  }

  /// Each with all that RFC 3461 lets a client say of it.
  private static EnvelopeRecord largest() {
    String label = "d".repeat(63);
    String domain = String.join(".", label, label, "d".repeat(56), "test");
    List<Recipient> recipients =
        IntStream.range(0, 1000)
            .mapToObj(i -> {
              ForwardPath address =
                  ForwardPath.of("%04d%s@%s".formatted(i, "u".repeat(60), domain));
              String orcpt = "rfc822;" + "+2B".repeat(164);
              return new Recipient(
                  address,
                  address,
                  new DsnParameters.OfRecipient(
                      Set.of(Notify.SUCCESS, Notify.FAILURE, Notify.DELAY), Optional.of(orcpt)));
            })
            .toList();
    EnvelopeRecord plain = Messages.inline(Messages.id(), "x".repeat(64 * 1024), "a@x.test");
    Envelope envelope = plain.envelope();
    return new EnvelopeRecord(
        new Envelope(
            envelope.id(),
            0,
            0,
            envelope.arrivedAt(),
            envelope.sender(),
            recipients,
            envelope.provenance(),
            envelope.parameters(),
            envelope.content()),
        plain.content());
  }

  private static ConfigurableApplicationContext serve(Queue queue) {
    SpringApplication application = new SpringApplication(Server.class);
    application.addInitializers(context -> {
      GenericApplicationContext beans = (GenericApplicationContext) context;
      beans.registerBean("queue", Queue.class, () -> queue);
      beans.registerBean("queueOperator", QueueOperator.class, NoOperator::new);
      beans.registerBean(
          "quarantineOperator", QuarantineOperator.class, () -> nobody(QuarantineOperator.class));
    });
    return application.run("--server.port=0", "--spring.main.banner-mode=off");
  }

  /// A port that nobody asks anything here.
  private static <T> T nobody(Class<T> port) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (_, method, _) -> {
              throw new AssertionError(method + " is not asked for");
            }));
  }

  @SuiteProcess
  @Import(QueueHttpConfiguration.class)
  static class Server {}

  /// It is not asked here.
  private static final class NoOperator implements QueueOperator {

    @Override
    public Mono<QueueStats> stats() {
      return Mono.empty();
    }

    @Override
    public Mono<QueuePage> list(QueueSearch search) {
      return Mono.empty();
    }

    @Override
    public Mono<QueuedMessage> show(QueueId id) {
      return Mono.empty();
    }

    @Override
    public Mono<Void> retryNow(QueueId id) {
      return Mono.empty();
    }

    @Override
    public Mono<Void> cancel(QueueId id) {
      return Mono.empty();
    }
  }
}
