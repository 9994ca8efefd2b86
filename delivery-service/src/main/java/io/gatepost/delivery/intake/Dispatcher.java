package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.Completion;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.GroupMember;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Makes an attempt of a record, unless the outcomes say that it is over, and sees to it that what
/// became of the attempt is durable before its slot is finished.
public final class Dispatcher implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final int OCTETS_PER_RECIPIENT = 1024;

  private static final long MAX_OCTETS = 64L * 1024 * 1024;
  private static final byte[] NOTHING = new byte[0];
  private static final Retry FOR_EVER =
      Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100)).maxBackoff(Duration.ofSeconds(5));

  private final Attempts attempts;
  private final Queue queue;
  private final OutcomeWriter outcomes;
  private final EndedGenerations ended = new EndedGenerations();
  private final CarriedCopies copies = new CarriedCopies();
  private final Map<Key, RunningAttempt> underWay = new ConcurrentHashMap<>();
  private final Map<Integer, AtomicLong> outcomesEnds = new ConcurrentHashMap<>();
  private final AtomicLong octets = new AtomicLong();
  private final Counter skipped;
  private final Counter undecodable;
  private final Counter carried;
  private volatile Optional<GroupMember> owner = Optional.empty();

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

  /// The group has been given its shares, and the outcomes have been replayed. Attempts of records
  /// that are another's now are abandoned, as he makes them again, and so are those whose record an
  /// owner in between has ended.
  ///
  /// @param member who owns this share
  /// @param partitions of each topic
  void own(GroupMember member, Set<Integer> partitions) {
    copies.keepOnly(partitions);
    for (RunningAttempt attempt : underWay.values()) {
      Key key = attempt.key();
      if (!partitions.contains(key.id().partition()) || ended.ended(key).isPresent()) {
        log.info("qid={} partition has or had another owner, attempt abandoned", key.id());
        attempt.abandon();
        release(attempt);
      }
    }
    owner = Optional.of(member); // not before: in its name nothing that is abandoned is concluded
  }

  /// Starts what a record asks for; the slot is finished when it may be forgotten.
  void dispatch(ConsumerRecord<String, byte[]> record, Slot slot) {
    EnvelopeRecord message;
    try {
      message = EnvelopeRecordCodec.decode(record.value());
    } catch (RuntimeException e) { // whatever is wrong with it: the partition has to go on
      setAside(record, slot, e);
      return;
    }
    Key key = new Key(message.envelope().id(), message.envelope().generation());
    RunningAttempt running = underWay.get(key);
    if (running == null || !running.join(slot)) {
      begin(message, key, slot);
    }
  }

  private void begin(EnvelopeRecord message, Key key, Slot slot) {
    Optional<Over> over = ended.ended(key).or(() -> copies.over(key));
    if (over.isPresent()) {
      skip(message, slot, over.get());
      return;
    }
    Served served = ended.delivered(key);
    slot.attemptedSince(served.position());
    RunningAttempt attempt = new RunningAttempt(message, key, slot);
    underWay.put(key, attempt);
    octets.addAndGet(weight(message));
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
          Key key = attempt.key();
          copies.sent(key, attempt.outcomesPosition());
          ended.ended(key).ifPresent(over -> copies.ended(key, over)); // just now
          queue
              .carryForward(attempt.message())
              .single()
              .subscribe(
                  copy -> {
                    copies.landed(key, copy.offset());
                    log.info("qid={} is slow and carried forward", key.id());
                  },
                  error -> {
                    copies.failed(key, System.nanoTime());
                    log.warn(
                        "qid={} not carried forward, next time: {}", key.id(), error.getMessage());
                  });
        });
  }

  /// The carried copies that may still be to come.
  CarriedCopies copies() {
    return copies;
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
    return Math.min(outcomesEnd(partition), copies.neededFrom(partition));
  }

  /// @param position where the outcome stands
  void replayed(OutcomeRecord outcome, long position) {
    ended.replay(outcome, position);
  }

  /// Every record that the replay was about has been dispatched.
  void caughtUp() {
    ended.forgetReplay();
  }

  /// Sends the outcomes that linger. May block until they are durable.
  void flush() {
    outcomes.flush();
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

  /// What a message takes in memory, in octets: with a thousand recipients most of it is theirs.
  private static long weight(EnvelopeRecord message) {
    return message.content().length
        + (long) OCTETS_PER_RECIPIENT * message.envelope().recipients().size();
  }

  private void release(RunningAttempt attempt) {
    if (underWay.remove(attempt.key(), attempt)) {
      octets.addAndGet(-weight(attempt.message()));
    }
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
      write(
          new OutcomeRecord.Progress(key.id(), key.generation(), delivered),
          () -> logRecorded(delivered));
    }

    @Override
    public void delivered(List<RecipientOutcome> delivered) {
      OutcomeRecord.Ended over = new OutcomeRecord.Ended(key.id(), key.generation(), delivered);
      write(
          over,
          () -> {
            note(over);
            finish(Optional.of(completion(attempt.message())));
          });
    }

    @Override
    public void leftover(Conclusion conclusion) {
      Mono.defer(() -> defer(conclusion))
          .doOnError(error ->
              log.warn(
                  "qid={} conclusion not written, tried again: {}", key.id(), error.getMessage()))
          .retryWhen(FOR_EVER)
          .subscribe(
              none -> {},
              error -> log.error("qid={} conclusion given up at stop", key.id(), error),
              () -> {
                if (!attempt.isAbandoned()) {
                  note(new OutcomeRecord.Ended(key.id(), key.generation(), conclusion.outcomes()));
                  finish(
                      conclusion.retry().isPresent()
                          ? Optional.empty()
                          : Optional.of(completion(attempt.message())));
                }
              });
    }

    /// In the name of the present owner, who may have joined the group again since the last try.
    private Mono<Void> defer(Conclusion conclusion) {
      Optional<GroupMember> present = owner; // read first: see own()
      return attempt.isAbandoned()
          ? Mono.empty()
          : queue.defer(present.map(conclusion::ownedBy).orElse(conclusion));
    }

    /// Whoever is named here is served once and for all, whatever is killed from now on.
    private void logRecorded(List<RecipientOutcome> durable) {
      if (log.isDebugEnabled()) {
        String served =
            durable.stream()
                .filter(RecipientOutcome.Delivered.class::isInstance)
                .map(outcome -> "<" + outcome.recipient().address() + ">")
                .collect(Collectors.joining(","));
        log.debug("qid={} generation={} recorded to={}", key.id(), key.generation(), served);
      }
    }

    private void note(OutcomeRecord.Ended over) {
      logRecorded(over.outcomes());
      copies.ended(key, ended.note(over, attempt.outcomesPosition()));
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
      attempt.end(completion);
      release(attempt);
    }
  }
}
