package io.gatepost.program;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;

/// One run of a program, from its working directory to the removal of that.
final class ProgramRun {

  private static final Logger log = LoggerFactory.getLogger(ProgramRun.class);

  private final ProgramRunner runner;
  private final Program program;
  private final Flux<DataBuffer> input;
  private final MonoSink<ProgramEnd> sink;
  private final Sinks.Empty<Void> over = Sinks.empty();
  private final AtomicReference<@Nullable Stop> stopped = new AtomicReference<>();
  private volatile @Nullable Process process;

  /// Why a program is killed.
  private sealed interface Stop {
    record AtLimit(ProgramEnd.Limit limit) implements Stop {}

    record Unreadable(Throwable content) implements Stop {}

    record Cancelled() implements Stop {}
  }

  ProgramRun(
      ProgramRunner runner, Program program, Flux<DataBuffer> input, MonoSink<ProgramEnd> sink) {
    this.runner = runner;
    this.program = program;
    this.input = input;
    this.sink = sink;
  }

  /// Kills the program, as nobody wants to know any more.
  void cancel() {
    stop(new Stop.Cancelled());
  }

  boolean isCancelled() {
    return stopped.get() instanceof Stop.Cancelled;
  }

  /// Completes when nothing of it is left.
  Mono<Void> over() {
    return over.asMono();
  }

  /// Runs on a thread that may wait.
  void run() {
    try {
      Path directory = runner.workDirectory();
      try {
        ProgramEnd end = runIn(directory);
        if (stopped.get() instanceof Stop.Unreadable(var content)) {
          sink.error(content);
        } else {
          sink.success(end);
        }
      } finally {
        WorkDirectory.remove(directory);
      }
    } catch (IOException e) {
      sink.success(new ProgramEnd.NotStarted(e.toString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      sink.success(new ProgramEnd.NotStarted("interrupted"));
    } catch (RuntimeException e) {
      sink.error(e);
    } finally {
      over.tryEmitEmpty();
    }
  }

  private ProgramEnd runIn(Path directory) throws IOException, InterruptedException {
    ProgramLimits bounds = runner.bounds();
    Process started = start(directory);
    process = started;
    try {
      if (stopped.get() != null) { // before there was a process to kill
        ProcessGroup.kill(started);
      }
      BoundedOutput output = read(started.getInputStream(), bounds.output());
      BoundedOutput errors =
          read(started.getErrorStream(), bounds.output() + runner.mark().length() + 1);
      Disposable feeding = feed(started.getOutputStream());
      if (!started.waitFor(bounds.time().toNanos(), TimeUnit.NANOSECONDS)) {
        stop(new Stop.AtLimit(ProgramEnd.Limit.TIME));
        started.waitFor();
      }
      feeding.dispose();
      ProcessGroup.kill(started); // children that are still there
      output.awaitEnd();
      errors.awaitEnd();
      return end(started.exitValue(), output.text(), errors.text());
    } finally {
      ProcessGroup.kill(started);
    }
  }

  private Process start(Path directory) throws IOException {
    List<String> command = new ArrayList<>(runner.prefix());
    command.addAll(program.command());
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("HOME", directory.toString());
    environment.put("TMPDIR", directory.toString());
    environment.putAll(program.environment());
    return builder.start();
  }

  private BoundedOutput read(java.io.InputStream stream, int most) {
    BoundedOutput output =
        new BoundedOutput(stream, most, () -> stop(new Stop.AtLimit(ProgramEnd.Limit.OUTPUT)));
    runner.threads().execute(output);
    return output;
  }

  /// Writes the content as fast as the program reads it.
  private Disposable feed(OutputStream to) {
    return input
        .publishOn(runner.scheduler(), 1)
        .map(buffer -> write(buffer, to))
        .takeWhile(takesMore -> takesMore)
        .doOnDiscard(DataBuffer.class, DataBufferUtils::release)
        .subscribe(
            _ -> {},
            error -> {
              close(to);
              stop(new Stop.Unreadable(error));
            },
            () -> close(to));
  }

  /// Whether the program takes more; where it does not, that is its own affair.
  private static boolean write(DataBuffer buffer, OutputStream to) {
    try {
      byte[] octets = new byte[buffer.readableByteCount()];
      buffer.read(octets);
      to.write(octets);
      return true;
    } catch (IOException _) {
      return false;
    } finally {
      DataBufferUtils.release(buffer);
    }
  }

  private static void close(OutputStream to) {
    try {
      to.close();
    } catch (IOException e) {
      log.debug("a program has not read its input to the end: {}", e.toString());
    }
  }

  private void stop(Stop why) {
    if (stopped.compareAndSet(null, why)) {
      Process running = process;
      if (running != null) {
        ProcessGroup.kill(running);
      }
    }
  }

  private ProgramEnd end(int code, String output, String errors) {
    String mark = runner.mark() + "\n";
    boolean begun = errors.startsWith(mark);
    String own = begun ? errors.substring(mark.length()) : errors;
    if (stopped.get() instanceof Stop.AtLimit(var limit)) {
      return new ProgramEnd.Stopped(limit, output, own);
    }
    return begun
        ? new ProgramEnd.Exited(code, output, own)
        : new ProgramEnd.NotStarted(own.strip().isEmpty() ? ExitWords.of(code) : own.strip());
  }
}
