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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Writes log lines to standard error on a thread of its own, all that have come within 20 ms in
/// one piece: a call to the kernel for each line would be a tenth of what a refused session costs.
/// A kill loses what has gathered; [#whenWritten] is for those who must not go on before their
/// lines are out. Nothing else is lost: a full queue makes the writer wait.
public final class BatchAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

  private static final int MAX_WAITING = 8192;
  private static final long GATHERING_NANOS = 20_000_000;
  private static final long LOOK_MILLIS = 100;
  private static final long STOP_MILLIS = 5_000;

  /// The next step of the thread.
  private sealed interface Waiting {
    record Line(byte[] octets) implements Waiting {}

    record Call(Runnable then) implements Waiting {}
  }

  private final BlockingQueue<Waiting> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final AtomicInteger calls = new AtomicInteger();
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

  @Nullable Encoder<ILoggingEvent> encoder() {
    return encoder;
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
    Encoder<ILoggingEvent> lines = encoder;
    if (lines != null) {
      add(new Waiting.Line(lines.encode(SafeEvent.of(event))));
    }
  }

  /// Calls back on the log's thread once all lines that were logged before are written, or could
  /// not be; at once where the log has stopped. Lines are gathered no longer then.
  void whenWritten(Runnable then) {
    if (!isStarted()) {
      then.run();
      return;
    }
    calls.incrementAndGet();
    add(new Waiting.Call(then));
    LockSupport.unpark(thread);
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

  private void add(Waiting next) {
    try {
      if (!waiting.offer(next)) {
        LockSupport.unpark(thread);
        waiting.put(next);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // who logs is being stopped: the line is given up
    }
  }

  private void run() {
    List<Waiting> batch = new ArrayList<>();
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    while (!stopping || !waiting.isEmpty()) {
      Waiting first = next();
      if (first != null) {
        if (!stopping && calls.get() == 0 && waiting.remainingCapacity() > 0) {
          LockSupport.parkNanos(this, GATHERING_NANOS);
        }
        batch.add(first);
        waiting.drainTo(batch);
        write(batch, octets);
        batch.forEach(this::callBack);
        batch.clear();
        octets.reset();
      }
    }
  }

  private @Nullable Waiting next() {
    try {
      return waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return null; // nobody interrupts it; a stop is told by its field
    }
  }

  private void write(List<Waiting> batch, ByteArrayOutputStream octets) {
    for (Waiting each : batch) {
      if (each instanceof Waiting.Line(byte[] line)) {
        octets.writeBytes(line);
      }
    }
    try {
      if (octets.size() > 0) {
        octets.writeTo(target);
      }
    } catch (IOException e) {
      addError(batch.size() + " log lines not written", e);
    }
  }

  private void callBack(Waiting done) {
    if (done instanceof Waiting.Call(Runnable then)) {
      calls.decrementAndGet();
      try {
        then.run();
      } catch (RuntimeException e) {
        addError("not called back", e); // an event loop that has ended: its replies are moot
      }
    }
  }
}
