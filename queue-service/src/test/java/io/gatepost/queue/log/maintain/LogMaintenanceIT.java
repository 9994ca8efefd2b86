package io.gatepost.queue.log.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.queue.Messages;
import io.gatepost.queue.content.DiskReserve;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.log.append.LogAppender;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.queue.log.conclude.ConcludedGenerations;
import io.gatepost.queue.log.conclude.ConclusionRecords;
import io.gatepost.queue.log.conclude.ConclusionWriter;
import io.gatepost.queue.log.retry.DestinationHolds;
import io.gatepost.queue.log.retry.LogReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogMaintenanceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final LogTopics TOPICS =
      new LogTopics(1, (short) 1, 1, List.of(Topics.retry(HOUR)));

  @TempDir Path directory;
  private TestLog log;

  @BeforeEach
  void open() {
    log = TestLog.empty(HOUR);
  }

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void clientsThatWaitForTheClockAreReplacedWhenItWasSetBack() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Waiting clients = new Waiting("127.0.0.1:" + silent.getLocalPort());
      LogAppender appender = new LogAppender(clients);
      try (LogMaintenance care = care(clients, appender)) {
        Thread.startVirtualThread(() -> care.start(() -> {}));
        await().atMost(PATIENCE).until(() -> clients.used.get());
        assertThat(care.isBrokerUp()).isFalse();

        clients.waits.set(false);
        care.clockWasSetBack();

        await().atMost(PATIENCE).until(care::isBrokerUp);
        assertThat(append(appender).join().offset()).isZero();
      } finally {
        appender.close();
      }
    }
  }

  @Test
  void partitionsThatDoNotFitAreRefusedUntilTheOperatorMendsThem() throws Exception {
    LogTopics two = new LogTopics(2, (short) 1, 1, List.of(Topics.retry(HOUR)));
    LogClients clients = new LogClients(TestLog.broker(TestLog.bootstrapServers()), "test", 2);
    LogAppender appender = new LogAppender(clients);
    try (LogMaintenance care =
        new LogMaintenance(
            clients, two, appender, new DiskReserve(directory, directory, 1), List.of())) {
      care.start(() -> {});

      assertThat(care.isBrokerUp()).isFalse();
      assertThat(care.trouble())
          .startsWith("gatepost.queue.partitions = \"2\" (expected: 1, as topic gatepost.");
      assertThat(partitions()).containsOnly(1); // nobody has raised them

      log.admin()
          .createPartitions(
              topics().stream()
                  .collect(Collectors.toMap(name -> name, name -> NewPartitions.increaseTo(2))))
          .all()
          .get();

      await().atMost(PATIENCE).until(care::isBrokerUp);
    } finally {
      appender.close();
    }
  }

  private Set<String> topics() throws Exception {
    return log.admin().listTopics().names().get().stream()
        .filter(name -> name.startsWith("gatepost."))
        .collect(Collectors.toSet());
  }

  private List<Integer> partitions() throws Exception {
    return log.admin().describeTopics(topics()).allTopicNames().get().values().stream()
        .map(topic -> topic.partitions().size())
        .toList();
  }

  @Test
  void withoutABrokerNoClientIsMadeAndNothingIsTaken() throws IOException {
    String away;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      away = "127.0.0.1:" + gone.getLocalPort();
    }
    LogAppender appender = new LogAppender(new Unmade(away));
    try (LogMaintenance care = care(new Unmade(away), appender)) {
      care.start(() -> {
        throw new AssertionError("there is no broker");
      });

      assertThat(care.isBrokerUp()).isFalse();
      assertThat(care.trouble()).contains(away);
      assertThatThrownBy(append(appender)::join)
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.UNAVAILABLE));
    }
  }

  @Test
  void partsThatNeverHadABrokerStopInOrder() {
    RetryLadder ladder = new RetryLadder(List.of(HOUR), Duration.ofMinutes(20));
    LogMeters meters = new LogMeters(new SimpleMeterRegistry());
    DestinationHolds holds = new DestinationHolds(HOUR, System::nanoTime);
    LogClients clients = new Unmade("127.0.0.1:1");
    try (FileContentStore contents = new FileContentStore(directory)) {
      ConclusionWriter writer =
          new ConclusionWriter(
              clients,
              new ConclusionRecords(ladder, contents),
              new ConcludedGenerations(),
              holds,
              meters);
      LogReader reader =
          new LogReader(clients, InstantSource.system(), ladder, HOUR, holds, 1, meters);

      assertThatCode(writer::close).doesNotThrowAnyException();
      assertThatCode(reader::close).doesNotThrowAnyException();
    }
  }

  private LogMaintenance care(LogClients clients, LogAppender appender) {
    return new LogMaintenance(
        clients, TOPICS, appender, new DiskReserve(directory, directory, 1), List.of());
  }

  private static CompletableFuture<LogAppender.Appended> append(LogAppender appender) {
    EnvelopeRecord message = Messages.inline(Messages.id(), "hello", "a@x.test");
    return appender.append(message, new AppendLimit(Instant.now().plus(PATIENCE)));
  }

  /// Clients that get no answer at first, as those do that wait until the clock has caught up.
  private static final class Waiting extends LogClients {
    private final LogClients silent;
    private final AtomicBoolean waits = new AtomicBoolean(true);
    private final AtomicBoolean used = new AtomicBoolean();

    Waiting(String silence) {
      super(TestLog.broker(TestLog.bootstrapServers()), "test", 1);
      this.silent = new LogClients(TestLog.broker(silence), "test", 1);
    }

    @Override
    public Admin admin() {
      used.set(true);
      return waits.get() ? silent.admin() : super.admin();
    }

    @Override
    public Producer<String, byte[]> producer(Duration deliveryTimeout) {
      return waits.get() ? silent.producer(deliveryTimeout) : super.producer(deliveryTimeout);
    }
  }

  /// Clients that must not be made.
  private static final class Unmade extends LogClients {
    Unmade(String bootstrapServers) {
      super(TestLog.broker(bootstrapServers), "test", 1);
    }

    @Override
    public Admin admin() {
      throw new AssertionError("no client");
    }

    @Override
    public Producer<String, byte[]> producer(Duration deliveryTimeout) {
      throw new AssertionError("no client");
    }
  }
}
