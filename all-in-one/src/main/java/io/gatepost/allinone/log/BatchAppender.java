package io.gatepost.allinone.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Writes log lines to standard error on a thread of its own, all that have come within 20 ms in
/// one piece: a call to the kernel for each line would be a tenth of what a refused session costs.
/// No line is lost but by a kill: a full queue makes the writer wait.
public final class BatchAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

  private static final int MAX_WAITING = 8192;
  private static final long GATHERING_NANOS = 20_000_000;
  private static final long LOOK_MILLIS = 100;
  private static final long STOP_MILLIS = 5_000;

  private final BlockingQueue<ILoggingEvent> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final OutputStream target;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("log-writer").unstarted(this::run);
  private @Nullable Encoder<ILoggingEvent> encoder;
  private volatile boolean stopping;

  /// To standard error.
  public BatchAppender() {
    this(new FileOutputStream(FileDescriptor.err));
  }

  BatchAppender(OutputStream target) {
    this.target = target;
  }

  /// Makes the lines; set by the configuration.
  public void setEncoder(Encoder<ILoggingEvent> encoder) {
    this.encoder = encoder;
  }

  @Override
  public void start() {
    if (encoder == null) {
      addError("no encoder");
      return;
    }
    thread.start();
    super.start();
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    try {
      if (!waiting.offer(event)) {
        LockSupport.unpark(thread);
        waiting.put(event);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // who logs is being stopped: the line is given up
    }
  }

  /// Writes what still waits.
  @Override
  public void stop() {
    super.stop();
    stopping = true;
    LockSupport.unpark(thread);
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    List<ILoggingEvent> batch = new ArrayList<>();
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    while (!stopping || !waiting.isEmpty()) {
      ILoggingEvent first = next();
      if (first != null) {
        if (!stopping && waiting.remainingCapacity() > 0) {
          LockSupport.parkNanos(this, GATHERING_NANOS);
        }
        batch.add(first);
        waiting.drainTo(batch);
        write(batch, octets);
        batch.clear();
        octets.reset();
      }
    }
  }

  private @Nullable ILoggingEvent next() {
    try {
      return waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return null; // nobody interrupts it; a stop is told by its field
    }
  }

  private void write(List<ILoggingEvent> batch, ByteArrayOutputStream octets) {
    try {
      Encoder<ILoggingEvent> lines = encoder;
      for (ILoggingEvent event : batch) {
        if (lines != null) {
          octets.writeBytes(lines.encode(event));
        }
      }
      octets.writeTo(target);
    } catch (IOException | RuntimeException e) {
      addError(batch.size() + " log lines not written", e);
    }
  }
}
