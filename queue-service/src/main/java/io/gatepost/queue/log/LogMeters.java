package io.gatepost.queue.log;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/// The log's counters.
public final class LogMeters {

  private final MeterRegistry registry;
  private final Counter enqueued;
  private final Counter enqueueFailures;
  private final Counter notices;
  private final Counter readerAborts;
  private final Counter movedOn;
  private final Counter repeated;
  private final Counter refused;

  public LogMeters(MeterRegistry registry) {
    this.registry = registry;
    this.enqueued = registry.counter("gatepost.queue.enqueued");
    this.enqueueFailures = registry.counter("gatepost.queue.enqueue.failures");
    this.notices = registry.counter("gatepost.queue.notices");
    this.readerAborts = registry.counter("gatepost.queue.reader.aborts");
    this.movedOn = registry.counter("gatepost.queue.moved.on");
    this.repeated = registry.counter("gatepost.queue.conclusions.repeated");
    this.refused = registry.counter("gatepost.queue.conclusions.refused");
  }

  public void enqueued() {
    enqueued.increment();
  }

  public void enqueueFailed() {
    enqueueFailures.increment();
  }

  void deferred(Duration step) {
    registry.counter("gatepost.queue.deferred", "step", step.toString()).increment();
  }

  void released(Duration step, int count) {
    registry.counter("gatepost.queue.released", "step", step.toString()).increment(count);
  }

  /// Envelopes moved on to their next step, as their destination is known to take no mail.
  void movedOn(int count) {
    movedOn.increment(count);
  }

  /// A log reader's transaction was aborted.
  void readerAborted() {
    readerAborts.increment();
  }

  /// A conclusion came that had been written.
  void repeated() {
    repeated.increment();
  }

  /// Conclusions came of an owner who has been replaced.
  void refused(int count) {
    refused.increment(count);
  }

  /// Something that must always be true is not.
  ///
  /// @param check which
  void broken(String check) {
    registry.counter("gatepost.queue.invariant.broken", "check", check).increment();
  }

  /// Content that no envelope referred to was deleted.
  void swept(int count) {
    registry.counter("gatepost.queue.content.swept").increment(count);
  }

  void notices(int count) {
    notices.increment(count);
  }
}
