package io.gatepost.delivery.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.event.Topics;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutcomeWriterTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final MockProducer<String, byte[]> producer = producer();
  private final MockProducer<String, byte[]> next = producer();
  private final Iterator<MockProducer<String, byte[]>> producers =
      List.of(producer, next).iterator();
  private final OutcomeWriter writer = new OutcomeWriter(producers::next);
  private final List<Integer> durable = new CopyOnWriteArrayList<>();

  @BeforeEach
  void begin() {
    writer.learnTopics();
  }

  @Test
  void afterTheClockWasSetBackWhatWaitedGoesByANewProducer() {
    write();

    writer.beginAnew();
    producer.errorNext(new TimeoutException("closed"));

    assertThat(producer.closed()).isTrue();
    await().atMost(PATIENCE).until(next::completeNext);
    assertThat(durable).hasSize(1);
  }

  @Test
  void whatIsDurableIsTold() {
    write();
    assertThat(durable).isEmpty();

    producer.completeNext();

    assertThat(durable).containsExactly(0);
  }

  @Test
  void whatFailsIsWrittenAgainUntilItIsDurable() {
    write();
    for (int attempt = 2; attempt < 4; attempt++) {
      int attempts = attempt;
      producer.errorNext(new TimeoutException("the broker is away"));
      await().atMost(PATIENCE).until(() -> producer.history().size() == attempts);
    }
    assertThat(durable).isEmpty();

    producer.completeNext();

    assertThat(durable).hasSize(1);
  }

  @Test
  void whatIsRefusedAtOnceIsWrittenAgain() {
    producer.sendException = new TimeoutException("no room");
    write();
    producer.sendException = null;

    await().atMost(PATIENCE).until(() -> producer.completeNext());

    assertThat(durable).hasSize(1);
  }

  @Test
  void atAStopNothingIsWrittenAgain() {
    write();
    writer.close();

    producer.errorNext(new TimeoutException("the broker is away"));

    assertThat(durable).isEmpty();
    assertThat(producer.history()).hasSize(1);
  }

  private static MockProducer<String, byte[]> producer() {
    return new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
  }

  private void write() {
    writer.write(
        new ProducerRecord<>(Topics.OUTCOMES, 0, "id", new byte[0]),
        written -> durable.add(written.partition()));
  }
}
