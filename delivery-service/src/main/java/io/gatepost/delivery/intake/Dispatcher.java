package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Completion;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.contract.wire.OutcomeRecordCodec;
import io.gatepost.delivery.attempt.AttemptSink;
import io.gatepost.delivery.attempt.Attempts;
import io.gatepost.delivery.intake.CompletionWindow.Slot;
import io.gatepost.delivery.intake.EndedGenerations.Key;
import io.gatepost.delivery.intake.EndedGenerations.Over;
import io.gatepost.delivery.intake.EndedGenerations.Served;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.util.retry.Retry;

/// Makes an attempt of a record, unless the outcomes say that it is over, and sees to it that what
/// became of the attempt is durable before its slot is finished.
public final class Dispatcher implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final long MAX_OCTETS = 64L * 1024 * 1024;
  private static final byte[] NOTHING = new byte[0];
  private static final Retry FOR_EVER =
      Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100)).maxBackoff(Duration.ofSeconds(5));

  private final Attempts attempts;
  private final Queue queue;
  private final OutcomeWriter outcomes;
  private final EndedGenerations ended = new EndedGenerations();
  private final Map<Key, RunningAttempt> underWay = new ConcurrentHashMap<>();
  private final Map<Integer, AtomicLong> outcomesEnds = new ConcurrentHashMap<>();
  private final AtomicLong octets = new AtomicLong();
  private final Counter skipped;
  private final Counter undecodable;
  private final Counter carried;

  public Dispatcher(Attempts attempts, Queue queue, IntakeClients clients, MeterRegistry meters) {
    this.attempts = attempts;
    this.queue = queue;
    this.outcomes = new OutcomeWriter(clients.outcomesProducer());
    this.skipped = meters.counter("gatepost.delivery.skipped");
    this.undecodable = meters.counter("gatepost.delivery.undecodable");
    this.carried = meters.counter("gatepost.delivery.carried");
  }

  /// Fetches what has to be known before outcomes can be written; fails with a Kafka exception
  /// where the broker does not answer.
  void learnTopics() {
    outcomes.learnTopics();
  }

  /// A partition has got another owner.
  void forgetCopies(int partition) {
    ended.forgetCopies(partition);
  }

  /// Starts what a record asks for; the slot is finished when it may be forgotten.
  void dispatch(ConsumerRecord<String, byte[]> record, Slot slot) {
    EnvelopeRecord message;
    try {
      message = EnvelopeRecordCodec.decode(Objects.requireNonNull(record.value(), "no value"));
    } catch (RuntimeException e) { // whatever is wrong with it: the partition has to go on
      setAside(record, slot, e);
      return;
    }
    Key key = new Key(message.envelope().id(), message.envelope().generation());
    RunningAttempt running = underWay.get(key);
    if (running == null || !running.join(slot)) {
      begin(message, key, slot);
    }
    if (record.topic().equals(Topics.DUE)) {
      ended.copyCame(key); // after its slot has taken over the position
    }
  }

  private void begin(EnvelopeRecord message, Key key, Slot slot) {
    Optional<Over> over = ended.ended(key);
    if (over.isPresent()) {
      skip(message, slot, over.get());
      return;
    }
    Served served = ended.delivered(key);
    slot.attemptedSince(served.position());
    RunningAttempt attempt = new RunningAttempt(message, key, slot);
    underWay.put(key, attempt);
    octets.addAndGet(message.content().length);
    attempts.start(message, served.recipients(), new Ending(attempt));
  }

  /// Appends an attempt's envelope again at the tail of the log; when the copy comes by, the slot
  /// is released.
  void carryForward(Slot slot) {
    underWay.values().stream()
        .filter(attempt -> attempt.isFor(slot))
        .findAny()
        .ifPresent(attempt -> {
          carried.increment();
          ended.copySent(attempt.key(), attempt.outcomesPosition());
          queue
              .carryForward(attempt.message())
              .subscribe(
                  none -> {},
                  error -> {
                    ended.copyCame(attempt.key());
                    log.warn(
                        "qid={} not carried forward, next time: {}",
                        attempt.key().id(),
                        error.getMessage());
                  },
                  () -> log.info("qid={} is slow and carried forward", attempt.key().id()));
        });
  }

  /// The end of an outcomes partition, as far as known here.
  long outcomesEnd(int partition) {
    return end(partition).get();
  }

  void outcomesReach(int partition, long position) {
    end(partition).accumulateAndGet(position, Math::max);
  }

  /// Where a replay has to start for what is in no window: copies that are still to come, or, where
  /// there are none, nothing.
  long neededFrom(int partition) {
    return Math.min(outcomesEnd(partition), ended.awaitedFrom(partition));
  }

  /// @param position where the outcome stands
  void replayed(OutcomeRecord outcome, long position) {
    ended.replay(outcome, position);
  }

  /// Every record that the replay was about has been dispatched.
  void caughtUp() {
    ended.forgetReplay();
  }

  int running() {
    return underWay.size();
  }

  boolean isMemoryFull() {
    return octets.get() > MAX_OCTETS;
  }

  @Override
  public void close() {
    outcomes.close();
  }

  private AtomicLong end(int partition) {
    return outcomesEnds.computeIfAbsent(partition, any -> new AtomicLong());
  }

  private void skip(EnvelopeRecord message, Slot slot, Over over) {
    skipped.increment();
    slot.attemptedSince(over.position());
    log.info(
        "qid={} generation={} is over, not attempted again",
        message.envelope().id(),
        message.envelope().generation());
    if (over.done()) {
      slot.finish(completion(message));
    } else {
      slot.finish();
    }
  }

  /// What cannot be read is never skipped silently: it is set aside where an operator finds it.
  private void setAside(ConsumerRecord<String, byte[]> record, Slot slot, RuntimeException error) {
    undecodable.increment();
    log.error(
        "record {}-{}@{} key={} cannot be read and is set aside: {}",
        record.topic(),
        record.partition(),
        record.offset(),
        record.key(),
        error.toString());
    outcomes.write(
        new ProducerRecord<>(Topics.UNDECODABLE, record.partition(), record.key(), record.value()),
        written -> slot.finish());
  }

  private static Completion completion(EnvelopeRecord message) {
    var envelope = message.envelope();
    return new Completion(envelope.id(), envelope.generation(), envelope.content());
  }

  /// Makes one attempt's end durable.
  private final class Ending implements AttemptSink {
    private final RunningAttempt attempt;
    private final Key key;

    Ending(RunningAttempt attempt) {
      this.attempt = attempt;
      this.key = attempt.key();
    }

    @Override
    public void progress(List<RecipientOutcome> delivered) {
      write(new OutcomeRecord.Progress(key.id(), key.generation(), delivered), () -> {});
    }

    @Override
    public void delivered(List<RecipientOutcome> delivered) {
      OutcomeRecord.Ended over = new OutcomeRecord.Ended(key.id(), key.generation(), delivered);
      write(
          over,
          () -> {
            ended.note(over, attempt.outcomesPosition());
            finish(Optional.of(completion(attempt.message())));
          });
    }

    @Override
    public void leftover(Conclusion conclusion) {
      queue
          .defer(conclusion)
          .doOnError(error ->
              log.warn(
                  "qid={} conclusion not written, tried again: {}", key.id(), error.getMessage()))
          .retryWhen(FOR_EVER)
          .subscribe(
              none -> {},
              error -> log.error("qid={} conclusion given up at stop", key.id(), error),
              () -> {
                ended.note(
                    new OutcomeRecord.Ended(key.id(), key.generation(), conclusion.outcomes()),
                    attempt.outcomesPosition());
                finish(
                    conclusion.retry().isPresent()
                        ? Optional.empty()
                        : Optional.of(completion(attempt.message())));
              });
    }

    private void write(OutcomeRecord outcome, Runnable durable) {
      QueueId id = outcome.id();
      ProducerRecord<String, byte[]> record =
          new ProducerRecord<>(
              Topics.OUTCOMES, id.partition(), id.text(), OutcomeRecordCodec.encode(outcome));
      if (outcome.generation() > 0) {
        record.headers().add(Topics.LATER_GENERATION, NOTHING);
      }
      outcomes.write(
          record,
          written -> {
            outcomesReach(written.partition(), written.offset() + 1);
            durable.run();
          });
    }

    private void finish(Optional<Completion> completion) {
      octets.addAndGet(-attempt.message().content().length);
      attempt.end(completion);
      underWay.remove(key, attempt);
    }
  }
}
