package io.gatepost.queue.view;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.listener.CommonContainerStoppingErrorHandler;
import org.springframework.kafka.listener.MessageListenerContainer;

/// Stops the view's container at the first failure, before another record is read, and keeps the
/// failure for [ViewFeeder], which tells of it and starts the container again.
final class FailureStop extends CommonContainerStoppingErrorHandler {

  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  FailureStop() {
    setLogLevel(KafkaException.Level.DEBUG); // the feeder tells of it
  }

  /// Returns the failure that stopped the container, once.
  @Nullable Exception take() {
    return failure.getAndSet(null);
  }

  @Override
  public void handleBatch(
      Exception thrown,
      ConsumerRecords<?, ?> records,
      Consumer<?, ?> consumer,
      MessageListenerContainer container,
      Runnable invokeListener) {
    failure.set(thrown);
    super.handleBatch(thrown, records, consumer, container, invokeListener);
  }

  @Override
  public void handleOtherException(
      Exception thrown,
      Consumer<?, ?> consumer,
      MessageListenerContainer container,
      boolean batchListener) {
    failure.set(thrown);
    super.handleOtherException(thrown, consumer, container, batchListener);
  }
}
