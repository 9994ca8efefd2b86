package io.gatepost.delivery.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.event.Topics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class OutcomeWriterTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
  private final OutcomeWriter writer = new OutcomeWriter(producer);
  private final List<Integer> durable = new CopyOnWriteArrayList<>();

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

  private void write() {
    writer.write(
        new ProducerRecord<>(Topics.OUTCOMES, 0, "id", new byte[0]),
        written -> durable.add(written.partition()));
  }
}
