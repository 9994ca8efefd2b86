package io.gatepost.bench;

import io.gatepost.bench.load.SmtpSink;
import io.gatepost.bench.load.SmtpSource;
import io.gatepost.bench.measure.Meter;
import io.gatepost.bench.measure.Pause;
import io.gatepost.bench.measure.ProcessGroup;
import io.gatepost.bench.measure.Usage;
import io.gatepost.bench.mta.RunningSystem;
import java.io.IOException;
import java.time.Duration;

/// Messages through one running system: from the generator to the sink.
final class Relay {

  /// How long nothing may arrive before what is missing counts as lost.
  private static final Duration STALL = Duration.ofSeconds(30);

  private static final long LOOK_MILLIS = 2;

  private final RunningSystem system;
  private final ProcessGroup load;
  private final SmtpSink sink;
  private long due;

  Relay(RunningSystem system, ProcessGroup load, SmtpSink sink) {
    this.system = system;
    this.load = load;
    this.sink = sink;
    this.due = sink.messages();
  }

  /// Result of some messages.
  ///
  /// @param acceptedSeconds until the system had taken all
  /// @param usage until the sink had all
  record Passage(int messages, double acceptedSeconds, Usage usage) {

    double deliveredPerSecond() {
      return messages / usage.seconds();
    }

    double acceptedPerSecond() {
      return messages / acceptedSeconds;
    }
  }

  /// Sends messages and waits until the sink has them.
  ///
  /// @return how long one took on average, in seconds
  double warmUp(SmtpSource source, int messages) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    source.send(load, system.smtp(), messages);
    awaitArrival(messages);
    return (System.nanoTime() - begin) / 1e9 / messages;
  }

  /// The same, measured.
  Passage measure(Meter meter, SmtpSource source, int messages)
      throws IOException, InterruptedException {
    try (Meter.Running running = meter.start(system.group())) {
      long begin = System.nanoTime();
      source.send(load, system.smtp(), messages);
      double accepted = (System.nanoTime() - begin) / 1e9;
      awaitArrival(messages);
      return new Passage(messages, accepted, running.stop());
    }
  }

  /// Has others send messages, and waits until the sink has them.
  ///
  /// @return what they say
  <T> T expecting(int messages, Sending<T> sending) throws IOException, InterruptedException {
    T result = sending.send();
    awaitArrival(messages);
    return result;
  }

  /// Somebody who sends messages.
  ///
  /// @param <T> what he says of it
  @FunctionalInterface
  interface Sending<T> {
    T send() throws IOException, InterruptedException;
  }

  /// Fails where more have arrived than were sent.
  void checkNoneTwice() {
    long arrived = sink.messages();
    if (arrived != due) {
      throw new BenchFailure(
          "%d messages were sent, %d arrived: %d twice".formatted(due, arrived, arrived - due));
    }
  }

  private void awaitArrival(int messages) {
    due += messages;
    long arrived = sink.messages();
    long lastMove = System.nanoTime();
    while (arrived < due) {
      Pause.millis(LOOK_MILLIS);
      long now = sink.messages();
      if (now != arrived) {
        arrived = now;
        lastMove = System.nanoTime();
      } else if (System.nanoTime() - lastMove > STALL.toNanos() || Thread.interrupted()) {
        throw new BenchFailure(
            "%d of %d messages have not arrived, and none for %d s"
                .formatted(due - arrived, messages, STALL.toSeconds()));
      }
    }
  }
}
