package io.gatepost.queue.log.append;

import io.gatepost.queue.ladder.RetryLadder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;

/// The log's counters. All of them are there from the start, so that a rate of zero is seen.
public final class LogMeters {

  /// The checks of what must always be true.
  private static final List<String> INVARIANTS = List.of("truncation", "lifetime", "outcomes");

  private final MeterRegistry registry;
  private final Counter enqueued;
  private final Counter enqueueFailures;
  private final Counter notices;
  private final Counter readerAborts;
  private final Counter movedOn;
  private final Counter repeated;
  private final Counter refused;
  private final Counter swept;

  public LogMeters(MeterRegistry registry) {
    this.registry = registry;
    this.enqueued = registry.counter("gatepost.queue.enqueued");
    this.enqueueFailures = registry.counter("gatepost.queue.enqueue.failures");
    this.notices = registry.counter("gatepost.queue.notices");
    this.readerAborts = registry.counter("gatepost.queue.reader.aborts");
    this.movedOn = registry.counter("gatepost.queue.moved.on");
    this.repeated = registry.counter("gatepost.queue.conclusions.repeated");
    this.refused = registry.counter("gatepost.queue.conclusions.refused");
    this.swept = registry.counter("gatepost.queue.content.swept");
    INVARIANTS.forEach(this::invariant);
  }

  /// The same, with the counters of the steps of a ladder.
  public static LogMeters of(MeterRegistry registry, RetryLadder ladder) {
    LogMeters meters = new LogMeters(registry);
    for (Duration step : ladder.all()) {
      meters.deferredCounter(step);
      meters.releasedCounter(step);
    }
    return meters;
  }

  public void enqueued() {
    enqueued.increment();
  }

  public void enqueueFailed() {
    enqueueFailures.increment();
  }

  public void deferred(Duration step) {
    deferredCounter(step).increment();
  }

  private Counter deferredCounter(Duration step) {
    return registry.counter("gatepost.queue.deferred", "step", step.toString());
  }

  public void released(Duration step, int count) {
    releasedCounter(step).increment(count);
  }

  private Counter releasedCounter(Duration step) {
    return registry.counter("gatepost.queue.released", "step", step.toString());
  }

  /// Envelopes moved on to their next step, as their destination is known to take no mail.
  public void movedOn(int count) {
    movedOn.increment(count);
  }

  /// A log reader's transaction was aborted.
  public void readerAborted() {
    readerAborts.increment();
  }

  /// A conclusion came that had been written.
  public void repeated() {
    repeated.increment();
  }

  /// Conclusions came of an owner who has been replaced.
  public void refused(int count) {
    refused.increment(count);
  }

  /// Something that must always be true is not.
  ///
  /// @param check which: one of [#INVARIANTS]
  public void broken(String check) {
    invariant(check).increment();
  }

  private Counter invariant(String check) {
    return registry.counter("gatepost.queue.invariant.broken", "check", check);
  }

  /// Content that no envelope referred to was deleted.
  public void swept(int count) {
    swept.increment(count);
  }

  public void notices(int count) {
    notices.increment(count);
  }
}
