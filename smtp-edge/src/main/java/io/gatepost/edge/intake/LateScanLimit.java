package io.gatepost.edge.intake;

import io.gatepost.contract.delivery.LateScansState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How much may be accepted unscanned (requirement E20): the messages that still owe their scan are
/// bounded in number, octets and age. Beyond that, and where nobody can tell how much it is, the
/// client hears `451 4.7.1`. Delivery tells what it knows of; what has been accepted here since is
/// added. Safe for all threads.
public final class LateScanLimit {

  /// The backlog that delivery has told of counts for this long.
  private static final Duration GOOD_FOR = Duration.ofSeconds(10);

  private final Bounds bounds;
  private final LongSupplier nanos;
  private final Counter accepted;
  private final Counter refused;
  private @Nullable Told told;
  private Sum sinceQuestion = Sum.NOTHING;
  private Sum before = Sum.NOTHING;

  /// The most that may owe a scan.
  ///
  /// @param messages in number
  /// @param octets of content, in wire form
  /// @param age of the oldest
  public record Bounds(int messages, long octets, Duration age) {}

  private record Told(LateScansState state, long atNanos) {}

  private record Sum(int messages, long octets) {
    static final Sum NOTHING = new Sum(0, 0);

    Sum plus(long more) {
      return new Sum(messages + 1, octets + more);
    }
  }

  /// @param nanos a monotonic clock
  public LateScanLimit(Bounds bounds, LongSupplier nanos, MeterRegistry meters) {
    this.bounds = bounds;
    this.nanos = nanos;
    this.accepted = counter(meters, "accepted");
    this.refused = counter(meters, "refused");
  }

  private static Counter counter(MeterRegistry meters, String result) {
    return Counter.builder("gatepost.edge.messages.unscanned")
        .description("Messages that could not be scanned while their client waited")
        .tag("result", result)
        .register(meters);
  }

  /// Takes a message of so many octets.
  ///
  /// @return why it cannot be accepted unscanned; empty where it can, which counts it
  synchronized Optional<String> take(long octets) {
    Optional<String> against = against(octets);
    if (against.isPresent()) {
      refused.increment();
    } else {
      accepted.increment();
      sinceQuestion = sinceQuestion.plus(octets);
    }
    return against;
  }

  private Optional<String> against(long octets) {
    Told latest = told;
    if (latest == null || nanos.getAsLong() - latest.atNanos > GOOD_FOR.toNanos()) {
      return Optional.of("it is not known how many messages owe a scan");
    }
    LateScansState state = latest.state;
    long messages = (long) state.messages() + sinceQuestion.messages + before.messages;
    if (messages >= bounds.messages) {
      return Optional.of(messages + " messages owe a scan");
    }
    long size = state.octets() + sinceQuestion.octets + before.octets;
    if (octets > bounds.octets - size) {
      return Optional.of("messages of " + size + " octets owe a scan");
    }
    return state.age().compareTo(bounds.age) > 0
        ? Optional.of("a message has owed its scan for " + state.age().toSeconds() + " s")
        : Optional.empty();
  }

  /// Delivery is about to be asked. It may not have read yet what was accepted since the question
  /// before: that is counted once more.
  synchronized void asked() {
    before = sinceQuestion;
    sinceQuestion = Sum.NOTHING;
  }

  /// Delivery has answered.
  synchronized void told(LateScansState state) {
    told = new Told(state, nanos.getAsLong());
  }
}
