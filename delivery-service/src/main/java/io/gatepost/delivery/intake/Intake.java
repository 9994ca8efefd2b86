package io.gatepost.delivery.intake;

import io.gatepost.contract.event.Topics;
import io.gatepost.contract.queue.GroupMember;
import io.gatepost.contract.queue.Queue;
import io.gatepost.log.BrokerClients;
import io.gatepost.log.LostTails;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads `ready` and `due` and keeps the completion window: many attempts run, offsets are
/// committed in order, and content goes when its offset is committed. New mail and retries have
/// budgets of their own, so a flood of retries does not hold up new mail. One thread owns the
/// consumer.
public final class Intake implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Intake.class);
  private static final Duration POLL = Duration.ofMillis(50);

  /// With nothing under way and no partition to resume: what comes ends the wait.
  private static final Duration IDLE_POLL = Duration.ofMillis(200);

  /// The next messages come in one fetch: one for each would cost as much as the message.
  private static final Duration GATHERING = Duration.ofMillis(5);

  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);
  private static final Duration OUTCOMES_INTERVAL = Duration.ofSeconds(2);
  private static final Duration ENDS_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  /// A broker may lock an account out that keeps trying.
  private static final Duration AFTER_REFUSAL = Duration.ofSeconds(10);

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  private final IntakeClients clients;
  private final Dispatcher dispatcher;
  private final Runnable stopAccepting;
  private final Duration stopTimeout;
  private final Replay replay;
  private final BrokerLook broker;
  private final Map<String, Integer> budgets;
  private final Map<TopicPartition, CompletionWindow> windows = new HashMap<>();
  private final OffsetCommits commits;
  private final UnknownEnds outcomesEnd =
      new UnknownEnds(
          "the outcomes", "mail is read on, and the outcomes are not cut", System::nanoTime);
  private final UnknownEnds copiesEnd =
      new UnknownEnds(
          "due", "copies that may not have been appended are awaited", System::nanoTime);
  private final UnknownEnds logEnd =
      new UnknownEnds("the log", "what was replayed at the start is kept", System::nanoTime);
  private final Thread thread = Thread.ofPlatform().name("delivery-intake").unstarted(this::run);
  private long lastCommit;
  private long lastOutcomesLook;
  private boolean holdIsKnown;
  private boolean isAssigned;
  private volatile boolean closing;
  private volatile boolean healthy;

  /// @param maxRunning envelopes that may be under way: three quarters first attempts, one quarter
  ///   retries
  /// @param stopAccepting called half-way through a stop that has to wait: what runs may end, what
  ///   is not begun stays in the log
  public Intake(
      IntakeClients clients,
      Dispatcher dispatcher,
      Queue queue,
      int maxRunning,
      Runnable stopAccepting) {
    this(
        clients,
        dispatcher,
        queue,
        maxRunning,
        stopAccepting,
        STOP_TIMEOUT,
        CarriedCopies.DOUBTFUL_FOR);
  }

  /// @param stopTimeout how long a stop waits for attempts that run
  /// @param lateCopies how long a copy that an earlier owner has carried forward may take
  Intake(
      IntakeClients clients,
      Dispatcher dispatcher,
      Queue queue,
      int maxRunning,
      Runnable stopAccepting,
      Duration stopTimeout,
      Duration lateCopies) {
    this.stopAccepting = stopAccepting;
    this.stopTimeout = stopTimeout;
    this.replay = new Replay(lateCopies);
    this.clients = clients;
    this.broker = new BrokerLook(clients::brokerTrouble);
    this.dispatcher = dispatcher;
    this.commits = new OffsetCommits(windows, dispatcher, replay, queue);
    this.budgets =
        Map.of(
            Topics.READY, Math.max(1, maxRunning * 3 / 4), Topics.DUE, Math.max(1, maxRunning / 4));
  }

  /// Starts reading.
  public void start() {
    thread.start();
  }

  /// Whether the log is being read: the group has given this consumer its partitions, however many.
  public boolean isHealthy() {
    return healthy;
  }

  /// Records under way, or waiting behind one that is, for the gauge.
  public int running() {
    return dispatcher.running();
  }

  /// The clock was set back: reading and writing begin anew.
  public void clockWasSetBack() {
    clients.beginAnew();
    Thread.ofVirtual().name("outcomes-anew").start(dispatcher::beginAnew);
  }

  /// Starts nothing more, waits for what runs, commits.
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      // In milliseconds: with a Duration, a thread that was never started is an error.
      thread.join(stopTimeout.plusSeconds(5).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing) {
      windows.clear();
      replay.end();
      if (!broker.isThere()) {
        healthy = false;
        LockSupport.parkNanos(AFTER_FAILURE.toNanos());
        continue;
      }
      try (Consumer<String, byte[]> consumer = clients.consumer()) {
        if (!hasTopics(consumer)) {
          LockSupport.parkNanos(AFTER_FAILURE.toNanos());
          continue;
        }
        dispatcher.learnTopics();
        isAssigned = false;
        consumer.subscribe(List.of(Topics.READY, Topics.DUE), new Assignment(consumer));
        while (!closing) {
          if (dispatch(consumer)) {
            LockSupport.parkNanos(GATHERING.toNanos());
          }
          healthy = isAssigned;
          if (System.nanoTime() - lastCommit > COMMIT_INTERVAL.toNanos()) {
            windows.values().stream()
                .flatMap(window -> window.slow(System.nanoTime()).stream())
                .forEach(dispatcher::carryForward);
            lookAtOutcomes(consumer);
            lookAtCopies(consumer);
            lastCommit = System.nanoTime();
            commits.send(consumer);
            noteCaughtUp(consumer);
          }
        }
        dispatcher.stopEarlyDelivery();
        settle(dispatcher::unfinished, stopTimeout.dividedBy(2));
        if (dispatcher.unfinished() > 0) {
          stopAccepting.run();
          settle(dispatcher::unfinished, stopTimeout.dividedBy(2));
        }
        commits.sync(consumer);
      } catch (KafkaException e) {
        // Nothing is lost: the next consumer starts at the committed offsets.
        healthy = false;
        log.warn("delivery starts reading again: {}", e.toString());
        LockSupport.parkNanos(
            (BrokerClients.isRefusal(e) ? AFTER_REFUSAL : AFTER_FAILURE).toNanos());
      } catch (RuntimeException e) {
        // Nothing of this kind is expected; without this thread no mail would be delivered.
        healthy = false;
        log.error("delivery starts reading again", e);
        LockSupport.parkNanos(AFTER_FAILURE.toNanos());
      }
    }
  }

  /// queue-service makes the topics, as they have to be. The consumer's question makes none; the
  /// producer's would, on a broker that lets it.
  private static boolean hasTopics(Consumer<String, byte[]> consumer) {
    return Stream.of(Topics.READY, Topics.DUE, Topics.OUTCOMES, Topics.UNDECODABLE)
        .map(consumer::partitionsFor)
        .allMatch(partitions -> partitions != null && !partitions.isEmpty());
  }

  /// Whether something has come.
  private boolean dispatch(Consumer<String, byte[]> consumer) {
    boolean idle = dispatcher.running() == 0 && consumer.paused().isEmpty();
    ConsumerRecords<String, byte[]> records = consumer.poll(idle ? IDLE_POLL : POLL);
    for (ConsumerRecord<String, byte[]> record : records) {
      CompletionWindow window = windows.get(new TopicPartition(record.topic(), record.partition()));
      if (window != null) {
        dispatcher.dispatch(
            record,
            window.add(
                record.offset(), dispatcher.outcomesEnd(record.partition()), System.nanoTime()));
      }
    }
    List<TopicPartition> full = new ArrayList<>();
    List<TopicPartition> free = new ArrayList<>();
    boolean allFull = dispatcher.isFull();
    windows.forEach((partition, window) -> {
      (!allFull && window.hasRoom() ? free : full).add(partition);
    });
    consumer.pause(full);
    consumer.resume(free);
    return !records.isEmpty();
  }

  /// Conclusions are written by another process: where nothing is delivered, this is what lets the
  /// notes go on and the outcomes be cut. At the same time doubts are settled, as that asks the
  /// broker too.
  private void lookAtOutcomes(Consumer<String, byte[]> consumer) {
    if (System.nanoTime() - lastOutcomesLook < OUTCOMES_INTERVAL.toNanos()) {
      return;
    }
    lastOutcomesLook = System.nanoTime();
    settleDoubts();
    Set<TopicPartition> outcomes =
        windows.keySet().stream()
            .map(window -> new TopicPartition(Topics.OUTCOMES, window.partition()))
            .collect(Collectors.toSet());
    try {
      consumer
          .endOffsets(outcomes, ENDS_TIMEOUT)
          .forEach((partition, end) -> dispatcher.outcomesReach(partition.partition(), end));
      outcomesEnd.known();
    } catch (TimeoutException e) {
      outcomesEnd.unknown(e);
    }
  }

  /// Copies that have been read from `due` are not awaited any more.
  private void lookAtCopies(Consumer<String, byte[]> consumer) {
    windows.keySet().stream()
        .filter(partition -> partition.topic().equals(Topics.DUE))
        .forEach(due -> dispatcher.copies().read(due.partition(), consumer.position(due)));
  }

  /// Where a copy may be of which nobody knows whether it was appended.
  private void settleDoubts() {
    CarriedCopies copies = dispatcher.copies();
    long now = System.nanoTime();
    Set<TopicPartition> doubtful =
        copies.doubtful(now).stream()
            .map(partition -> new TopicPartition(Topics.DUE, partition))
            .collect(Collectors.toSet());
    if (!doubtful.isEmpty()) {
      try {
        clients
            .ends(doubtful, ENDS_TIMEOUT)
            .forEach((partition, end) -> copies.settle(partition.partition(), end, now));
        copiesEnd.known();
      } catch (TimeoutException e) {
        copiesEnd.unknown(e);
      }
    }
  }

  private void noteCaughtUp(Consumer<String, byte[]> consumer) {
    switch (replay.stage(consumer::position, System.nanoTime())) {
      case READING -> {}
      case ASK_FOR_ENDS -> {
        try {
          replay.lateCopiesUpTo(clients.ends(windows.keySet(), ENDS_TIMEOUT));
          logEnd.known();
        } catch (TimeoutException e) {
          logEnd.unknown(e);
        }
      }
      case OVER -> {
        replay.end();
        dispatcher.caughtUp();
      }
    }
  }

  /// Waits, bounded, for what runs. It does not poll: while partitions are being revoked that would
  /// let their next owner begin, with what still runs here.
  private void settle(LongSupplier running, Duration most) {
    long deadline = System.nanoTime() + most.toNanos();
    while (running.getAsLong() > 0 && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private final class Assignment implements ConsumerRebalanceListener {
    private final Consumer<String, byte[]> consumer;

    Assignment(Consumer<String, byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      Map<TopicPartition, OffsetAndMetadata> committed = committed(partitions);
      Map<TopicPartition, Long> ends = clients.ends(partitions);
      // These are read again; the outcomes tell which of them were delivered.
      committed.putAll(LostTails.readAgain(consumer, committed, ends));
      StartingPoints starts = new StartingPoints();
      for (TopicPartition partition : partitions) {
        OffsetAndMetadata commit = committed.get(partition);
        windows.put(
            partition,
            new CompletionWindow(
                commit == null ? 0 : commit.offset(), budgets.getOrDefault(partition.topic(), 1)));
        starts.add(partition, commit);
      }
      if (!holdIsKnown) { // later notes are this run's own, or as old as they
        dispatcher.hold(starts.hold());
        holdIsKnown = true;
      }
      dispatcher.replayBegins(starts.readAgainFrom());
      clients.replay(starts.replayFrom(), dispatcher);
      replay.began(starts.replayFrom(), ends, System.nanoTime());
      dispatcher.own(
          member(consumer.groupMetadata()),
          windows.keySet().stream().map(TopicPartition::partition).collect(Collectors.toSet()));
      isAssigned = true;
    }

    /// With the partitions' offsets go those by which an earlier owner's conclusions pass the
    /// broker: while one is being written, this waits until that has been decided, and the replay
    /// tells what came of it; from now on none is written any more.
    private Map<TopicPartition, OffsetAndMetadata> committed(
        Collection<TopicPartition> partitions) {
      Set<TopicPartition> asked = new HashSet<>(partitions);
      partitions.forEach(each -> asked.add(new TopicPartition(Topics.OUTCOMES, each.partition())));
      return new HashMap<>(consumer.committed(asked));
    }

    private static GroupMember member(ConsumerGroupMetadata group) {
      return new GroupMember(group.memberId(), group.groupInstanceId(), group.generationId());
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (!closing) {
        settle(dispatcher::running, stopTimeout);
        commits.sync(consumer);
      }
      forget(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      isAssigned = false;
      forget(partitions);
    }

    private void forget(Collection<TopicPartition> partitions) {
      partitions.forEach(windows::remove);
      replay.forget(partitions);
    }
  }
}
