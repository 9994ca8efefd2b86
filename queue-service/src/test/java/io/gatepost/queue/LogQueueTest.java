package io.gatepost.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.queue.QueueProperties.Durability;
import io.gatepost.queue.content.FakeDisk;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.log.append.LogAppender;
import io.gatepost.queue.log.append.LogMeters;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.queue.quarantine.QuarantineIntake;
import io.gatepost.rpc.trace.Traces;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

/// The queue before there is a broker: what it refuses it refuses at once.
@ExtendWith(OutputCaptureExtension.class)
class LogQueueTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final RetryLadder LADDER =
      new RetryLadder(List.of(Duration.ofHours(1)), Duration.ofMinutes(20));

  @TempDir Path directory;
  private FileContentStore contents;

  @BeforeEach
  void open() {
    contents = new FileContentStore(directory.resolve("content"));
  }

  @AfterEach
  void close() {
    contents.close();
  }

  @Test
  void contentIsStoredWhereAFlushedFileIsDurable() {
    QueueId id = Messages.id();

    ContentRef.Stored stored = queue(Durability.FLUSHED).putContent(id, content()).block(PATIENCE);

    assertThat(stored.octets()).isEqualTo(5);
  }

  @Test
  void contentIsNotStoredWhereMessagesAreToBeReplicated() {
    QueueId id = Messages.id();

    assertThatThrownBy(() -> queue(Durability.REPLICATED).putContent(id, content()).block(PATIENCE))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.RESOURCE_EXHAUSTED))
        .hasMessageContaining("not replicated");
    assertThatThrownBy(() -> contents.get(id).blockLast(PATIENCE))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.NOT_FOUND));
  }

  @Test
  void aMessageWhoseContentLiesInAFileIsNotReplicated() {
    QueueId id = Messages.id();
    EnvelopeRecord message =
        Messages.stored(id, contents.write(id, "hello".getBytes(UTF_8)), "a@x.test");
    AppendLimit limit = new AppendLimit(Instant.now().plus(PATIENCE));

    assertThatThrownBy(() -> queue(Durability.REPLICATED).enqueue(message, limit).block(PATIENCE))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.RESOURCE_EXHAUSTED))
        .hasMessageContaining("not replicated");
  }

  @Test
  void theOperatorIsToldThatLargeContentIsRefused(CapturedOutput output) {
    queue(Durability.FLUSHED);
    assertThat(output).doesNotContain("inline-threshold");

    queue(Durability.REPLICATED);

    assertThat(output.toString().lines().filter(line -> line.contains("inline-threshold")))
        .singleElement()
        .asString()
        .contains("WARN")
        .contains("durability=replicated");
  }

  private LogQueue queue(Durability durability) {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    return new LogQueue(
        new LogAppender(TestLog.clientsOfNoBroker()),
        TestLog.unstartedWriter(LADDER, contents),
        contents,
        new FakeDisk(directory.resolve("ballast"), 100).reserve(),
        new LogMeters(registry),
        durability,
        QuarantineIntake.OFF,
        Traces.OFF);
  }

  private static Flux<DataBuffer> content() {
    return Flux.just(DefaultDataBufferFactory.sharedInstance.wrap("hello".getBytes(UTF_8)));
  }
}
