package io.gatepost.verification.cache;

import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.Subject;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps answers over a restart: reads them into the cache once the store answers, then writes new
/// ones behind, in batches, on a thread of its own. Nobody waits for it. While the store is away
/// the newest answers wait in bounded memory, those beyond it are dropped and counted; a process
/// that is killed loses what it has not written, about [#PAUSE] of it. The store is bounded as the
/// cache is, in age and, give or take a tenth, in number.
public final class AnswerKeeper implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AnswerKeeper.class);

  /// Answers that wait to be written.
  static final int MAX_WAITING = 10_000;

  static final int MAX_BATCH = 500;

  /// Between batches.
  static final Duration PAUSE = Duration.ofMillis(500);

  private static final Duration BETWEEN_TRIMS = Duration.ofHours(1);

  /// The store may grow by one part of so many of its size before it is trimmed.
  private static final int SLACK = 10;

  private static final Duration LAST_WRITE = Duration.ofSeconds(2);

  private final AnswerStore store;
  private final CalloutCache cache;
  private final Cutoffs cutoffs;
  private final Lifetimes lifetimes;
  private final long size;
  private final InstantSource clock;
  private final Counter written;
  private final Counter dropped;
  private final StoreRetry retry = new StoreRetry(this::sleep);
  private final Thread thread;

  /// Guarded by itself.
  private final Map<AnswerKey, Answer> waiting = new LinkedHashMap<>();

  /// Subjects that the store is still to forget.
  private final Map<Subject, Instant> unforgotten = new ConcurrentHashMap<>();

  private volatile boolean closed;

  /// Used by the thread only.
  private long writtenSinceTrim;

  /// @param size of the cache, and of the store
  public AnswerKeeper(
      AnswerStore store,
      CalloutCache cache,
      Cutoffs cutoffs,
      Lifetimes lifetimes,
      long size,
      InstantSource clock,
      MeterRegistry meters) {
    this.store = store;
    this.cache = cache;
    this.cutoffs = cutoffs;
    this.lifetimes = lifetimes;
    this.size = size;
    this.clock = clock;
    this.written =
        Counter.builder("gatepost.verification.callout.written")
            .description("Answers of next hops written to the database")
            .register(meters);
    this.dropped =
        Counter.builder("gatepost.verification.callout.dropped")
            .description("Answers of next hops that the database did not take in time")
            .register(meters);
    Gauge.builder("gatepost.verification.callout.unwritten", this, AnswerKeeper::unwritten)
        .description("Answers of next hops that wait to be written to the database")
        .register(meters);
    Gauge.builder(
            "gatepost.verification.callout.database",
            this,
            keeper -> keeper.retry.answers() ? 1 : 0)
        .description("Whether the database of answers takes part: 1, or 0 where memory is alone")
        .register(meters);
    this.thread = Thread.ofVirtual().name("answer-keeper").unstarted(this::run);
  }

  /// Begins to read, then to write; returns at once.
  public void start() {
    thread.start();
  }

  /// Notes an answer to be written; never waits.
  public void keep(AnswerKey key, Answer answer) {
    synchronized (waiting) {
      if (waiting.size() >= MAX_WAITING && !waiting.containsKey(key)) {
        Iterator<AnswerKey> oldest = waiting.keySet().iterator();
        oldest.next();
        oldest.remove();
        dropped.increment();
      }
      waiting.put(key, answer);
    }
  }

  /// Forgets what was asked before in the store too, now or as soon as it answers. Blocks.
  ///
  /// @return whether the store has forgotten it
  public boolean forget(Subject subject, Instant before) {
    synchronized (waiting) {
      waiting.keySet().removeIf(key -> subject.includes(key.recipient()));
    }
    if (unforgotten.size() < Cutoffs.MAX_SUBJECTS || unforgotten.containsKey(subject)) {
      unforgotten.put(subject, before);
    }
    try {
      forgetInStore();
      return true;
    } catch (RuntimeException e) {
      log.warn("callout answers cannot be forgotten in the database yet: {}", e.toString());
      return false;
    }
  }

  private void forgetInStore() {
    unforgotten.forEach((subject, before) -> {
      store.forget(subject, before);
      unforgotten.remove(subject, before);
    });
  }

  /// Writes what waits, for a short time.
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      if (thread.getState() != Thread.State.NEW) {
        thread.join(LAST_WRITE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int unwritten() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  private void run() {
    retry.untilDone("read", this::load);
    Instant trimmed = Instant.EPOCH;
    while (!closed) {
      if (sleep(PAUSE)) {
        break;
      }
      retry.untilDone("written", this::writeAll);
      Instant now = clock.instant();
      boolean isOverfull = writtenSinceTrim > Math.max(MAX_BATCH, size / SLACK);
      if (isOverfull || Duration.between(trimmed, now).compareTo(BETWEEN_TRIMS) > 0) {
        retry.untilDone("trimmed", () -> trim(now.minus(longest())));
        trimmed = now;
      }
    }
    Thread.interrupted(); // the last batch is written by this thread
    try {
      writeAll();
    } catch (RuntimeException e) {
      log.warn("callout answers are lost as the database does not take them: {}", e.toString());
    }
  }

  private void load() {
    store.loadForgotten(cutoffs::forget);
    long[] read = new long[1];
    store.load(
        clock.instant().minus(longest()),
        size,
        (key, answer) -> {
          if (!cutoffs.covers(key, answer.at())) {
            cache.putEarlier(key, answer);
            read[0]++;
          }
        });
    log.info("callout cache: {} answers of an earlier run", read[0]);
  }

  private void trim(Instant oldest) {
    store.dropBefore(oldest);
    store.keepNewest(size);
    cutoffs.dropBefore(oldest);
    writtenSinceTrim = 0;
  }

  private Duration longest() {
    return lifetimes.accepted().compareTo(lifetimes.refused()) > 0
        ? lifetimes.accepted()
        : lifetimes.refused();
  }

  private void writeAll() {
    forgetInStore();
    for (Map<AnswerKey, Answer> batch = next(); !batch.isEmpty(); batch = next()) {
      store.write(batch);
      written.increment(batch.size());
      writtenSinceTrim += batch.size();
      done(batch);
    }
  }

  private Map<AnswerKey, Answer> next() {
    Map<AnswerKey, Answer> batch = new HashMap<>();
    synchronized (waiting) {
      for (Map.Entry<AnswerKey, Answer> entry : waiting.entrySet()) {
        if (batch.size() == MAX_BATCH) {
          break;
        }
        batch.put(entry.getKey(), entry.getValue());
      }
    }
    return batch;
  }

  /// Whatever has come in for a key while its answer was written still waits.
  private void done(Map<AnswerKey, Answer> batch) {
    synchronized (waiting) {
      batch.forEach(waiting::remove);
    }
  }

  /// Returns whether the process ends.
  private boolean sleep(Duration time) {
    try {
      Thread.sleep(time);
      return closed;
    } catch (InterruptedException e) {
      return true; // only close interrupts
    }
  }
}
