package io.gatepost.delivery.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Generation;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.event.LogBounds;
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
import io.gatepost.delivery.early.EarlyDelivery;
import io.gatepost.delivery.intake.CompletionWindow.Slot;
import io.gatepost.delivery.intake.EndedGenerations.Over;
import io.gatepost.delivery.intake.EndedGenerations.Served;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.rpc.trace.Span;
import io.gatepost.rpc.trace.Traces;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Makes an attempt of a record, unless the outcomes say that it is over, and sees to it that what
/// became of the attempt is durable before its slot is finished.
public final class Dispatcher implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final byte[] NOTHING = new byte[0];
  private static final Retry FOR_EVER =
      Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100)).maxBackoff(Duration.ofSeconds(5));

  private final Attempts attempts;
  private final EarlyDelivery early;
  private final Queue queue;
  private final OutcomeWriter outcomes;
  private final EndedGenerations ended = new EndedGenerations();
  private final CarriedCopies copies = new CarriedCopies();
  private final Map<Generation, RunningAttempt> underWay = new ConcurrentHashMap<>();
  private final Map<Integer, AtomicLong> outcomesEnds = new ConcurrentHashMap<>();
  private final AttemptRoom room;
  private final Traces traces;
  private final Counter skipped;
  private final Counter refused;
  private final Counter undecodable;
  private final Carrier carrier;
  private volatile Optional<GroupMember> owner = Optional.empty();

  /// @param early attempts that were made before a message came to the log: its record joins them
  /// @param room for the attempts
  public Dispatcher(
      Attempts attempts,
      EarlyDelivery early,
      Queue queue,
      IntakeClients clients,
      AttemptRoom room,
      Traces traces,
      MeterRegistry meters) {
    this.traces = traces;
    this.room = room;
    this.attempts = attempts;
    this.early = early;
    this.queue = queue;
    this.outcomes = new OutcomeWriter(clients::outcomesProducer);
    this.skipped = meters.counter("gatepost.delivery.skipped");
    this.refused = meters.counter("gatepost.delivery.refused");
    this.undecodable = meters.counter("gatepost.delivery.undecodable");
    this.carrier =
        new Carrier(queue, ended, copies, this::write, meters.counter("gatepost.delivery.carried"));
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
    attempts.keepOnly(partitions);
    early.own(partitions);
    room.read(partitions.size());
    for (RunningAttempt attempt : underWay.values()) {
      Generation key = attempt.key();
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
    boolean refusedBefore;
    try {
      message = EnvelopeRecordCodec.decode(record.value());
      refusedBefore = wasRefused(record);
    } catch (RuntimeException e) { // whatever is wrong with it: the partition has to go on
      setAside(record, slot, e);
      return;
    }
    if (refusedBefore) {
      refused.increment();
      log.warn("qid={} came to the log after its client was refused, not delivered", record.key());
      early.withdraw(message.envelope().id()).subscribe();
      slot.finish(); // its content, if there is any, is left to the sweep
      return;
    }
    Generation key = new Generation(message.envelope().id(), message.envelope().generation());
    RunningAttempt running = underWay.get(key);
    if (running == null || !running.join(slot, record.topic())) {
      begin(message, key, slot, record);
    }
  }

  /// Whether a new message came to the log when its client could not be told 250 any more.
  private static boolean wasRefused(ConsumerRecord<String, byte[]> record) {
    Header limit = record.headers().lastHeader(AppendLimit.HEADER);
    return limit != null
        && !AppendLimit.of(limit.value()).isKeptBy(Instant.ofEpochMilli(record.timestamp()));
  }

  private void begin(
      EnvelopeRecord message, Generation key, Slot slot, ConsumerRecord<String, byte[]> record) {
    Optional<Over> over = ended.ended(key).or(() -> copies.over(key));
    if (over.isPresent()) {
      skip(message, slot, over.get());
      return;
    }
    Optional<Served> served = ended.delivered(key);
    served.ifPresent(earlier -> slot.attemptedSince(earlier.position()));
    LogBounds place = LogBounds.NOTHING.with(record.topic(), record.offset());
    RunningAttempt attempt =
        new RunningAttempt(message, key, slot, place, served.isPresent(), span(key, record));
    underWay.put(key, attempt);
    room.enter(message);
    Ending ending = new Ending(attempt);
    if (served.isPresent() || key.number() > 0) {
      attempts.start(message, served.map(Served::outcomes).orElse(List.of()), ending);
    } else {
      early.join(key.id(), ending).ifPresent(reached -> attempts.start(message, reached, ending));
    }
  }

  /// The span of an attempt, in the trace of the one who wrote the record.
  private Span span(Generation key, ConsumerRecord<String, byte[]> record) {
    if (!traces.isOn()) {
      return Span.NONE;
    }
    return traces
        .receive("delivery attempt", field -> text(record.headers().lastHeader(field)))
        .note(Traces.QUEUE_ID, key.id())
        .note("gatepost.generation", key.number());
  }

  private static @Nullable String text(@Nullable Header header) {
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  /// Appends an attempt's envelope again at the tail of the log; when the copy comes by, the slot
  /// is released. That there may be copies stands in the outcomes before the first is made.
  void carryForward(Slot slot) {
    if (copies.hasRoom()) {
      underWay.values().stream()
          .filter(attempt -> attempt.isFor(slot))
          .findAny()
          .ifPresent(attempt -> carrier.carry(attempt, slot));
    }
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

  /// Outcomes of earlier runs are about to be replayed.
  ///
  /// @param committed from where each partition is read again
  void replayBegins(Map<Integer, LogBounds> committed) {
    ended.replayBegins(committed);
  }

  /// @param position where the outcome stands
  void replayed(OutcomeRecord outcome, long position) {
    boolean runs = underWay.containsKey(new Generation(outcome.id(), outcome.generation()));
    ended.replay(outcome, position, runs);
  }

  /// How much longer nothing expires, as the clock has jumped ahead.
  Duration holdLeft() {
    return attempts.holdLeft();
  }

  /// Lets nothing expire for the rest of what an earlier run noted.
  void hold(Duration left) {
    attempts.hold(left);
  }

  /// Every record that the replay was about has been dispatched.
  void caughtUp() {
    ended.forgetReplay();
  }

  /// Writes outcomes with a new producer from now on. May block.
  void beginAnew() {
    outcomes.beginAnew();
  }

  int running() {
    return underWay.size();
  }

  /// Attempts that would be cut off if the service ended now: those that run, and early ones whose
  /// next hops may be about to take the message.
  long unfinished() {
    return underWay.size() + early.going();
  }

  /// Makes no more attempts while clients wait.
  void stopEarlyDelivery() {
    early.stopAccepting();
  }

  /// Whether nothing more should begin.
  boolean isFull() {
    return room.isFull();
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
      completion(message).ifPresentOrElse(slot::finish, slot::finish);
    } else {
      slot.finish();
    }
  }

  /// Sets a record that cannot be read aside, where an operator finds it: none is skipped silently.
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

  private void release(RunningAttempt attempt) {
    if (underWay.remove(attempt.key(), attempt)) {
      room.leave(attempt.message());
      attempt.span().end();
    }
  }

  /// Content that may go once the message is done with: none that other parts of a message need,
  /// which is left to the sweep.
  private static Optional<Completion> completion(EnvelopeRecord message) {
    var envelope = message.envelope();
    boolean isShared =
        envelope.id().isPart()
            && envelope.content() instanceof ContentRef.Stored stored
            && !stored.key().equals(envelope.id());
    return isShared
        ? Optional.empty()
        : Optional.of(new Completion(envelope.id(), envelope.generation(), envelope.content()));
  }

  /// Makes one attempt's end durable.
  private final class Ending implements AttemptSink {
    private final RunningAttempt attempt;
    private final Generation key;

    Ending(RunningAttempt attempt) {
      this.attempt = attempt;
      this.key = attempt.key();
    }

    @Override
    public Span span() {
      return attempt.span();
    }

    @Override
    public void progress(List<RecipientOutcome> delivered) {
      write(
          new OutcomeRecord.Progress(key.id(), key.number(), delivered),
          () -> logRecorded(delivered));
    }

    @Override
    public void delivered(List<RecipientOutcome> delivered) {
      OutcomeRecord.Ended over =
          new OutcomeRecord.Ended(key.id(), key.number(), delivered, attempt.beginEnd());
      write(
          over,
          () -> {
            note(over);
            finish(completion(attempt.message()));
          });
    }

    @Override
    public void leftover(Conclusion ofAttempt) {
      Conclusion conclusion = ofAttempt.about(attempt.beginEnd());
      span()
          .within(Mono.defer(() -> conclude(conclusion)))
          .doOnError(error ->
              log.warn(
                  "qid={} conclusion not written, tried again: {}", key.id(), error.getMessage()))
          .retryWhen(FOR_EVER)
          .subscribe(
              none -> {},
              error -> log.error("qid={} conclusion given up at stop", key.id(), error),
              () -> {
                if (!attempt.isAbandoned()) {
                  note(new OutcomeRecord.Ended(key.id(), key.number(), conclusion.outcomes()));
                  finish(
                      conclusion.retry().isPresent() || !conclusion.parts().isEmpty()
                          ? Optional.empty()
                          : completion(attempt.message()));
                }
              });
    }

    /// In the name of the present owner, who may have joined the group again since the last try.
    private Mono<Void> conclude(Conclusion conclusion) {
      Optional<GroupMember> present = owner; // read first: see own()
      return attempt.isAbandoned()
          ? Mono.empty()
          : queue.conclude(present.map(conclusion::ownedBy).orElse(conclusion));
    }

    /// Logs recipients that are served once and for all, whatever is killed from now on.
    private void logRecorded(List<RecipientOutcome> durable) {
      if (log.isDebugEnabled()) {
        String served =
            durable.stream()
                .filter(RecipientOutcome::isServed)
                .map(outcome -> "<" + outcome.recipient().address() + ">")
                .collect(Collectors.joining(","));
        log.debug("qid={} generation={} recorded to={}", key.id(), key.number(), served);
      }
    }

    private void note(OutcomeRecord.Ended over) {
      logRecorded(over.outcomes());
      copies.ended(key, ended.note(over, attempt.outcomesPosition()));
    }

    private void finish(Optional<Completion> completion) {
      attempt.end(completion);
      release(attempt);
    }
  }
}
