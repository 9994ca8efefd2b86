package io.gatepost.edge.filter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// Counts of what becomes of messages that are shown to the filter, and of what it gives back. All
/// counters are there from the start.
final class FilterMeters {

  private final Map<Round, Counter> rounds = new EnumMap<>(Round.class);
  private final Map<Dropped, Counter> dropped = new EnumMap<>(Dropped.class);

  /// The end of a round.
  enum Round {
    GIVEN_BACK,
    /// The filter refuses the message for good.
    REFUSED,
    /// It does not take it now.
    TRY_LATER,
    /// It cannot be reached, and the client comes again.
    UNAVAILABLE,
    /// It cannot be reached, and the message goes on without it.
    SKIPPED,
    /// Nothing came back in time.
    NOT_GIVEN_BACK,
    /// It gave the message back for other recipients.
    OTHER_RECIPIENTS,
    /// The client has gone, or the server stops.
    BROKEN_OFF,
    /// Too many rounds were open.
    NO_ROOM
  }

  /// Why something is not taken back.
  enum Dropped {
    /// It has no token, several, or one that nobody knows.
    UNKNOWN,
    /// It was given back before, and is on its way.
    TWICE,
    /// The round is over.
    LATE
  }

  FilterMeters(MeterRegistry registry, FilterRounds open) {
    for (Round each : Round.values()) {
      rounds.put(
          each,
          Counter.builder("gatepost.edge.filter.rounds")
              .description("Messages that were to be shown to the filter, by what came of it")
              .tag("result", label(each))
              .register(registry));
    }
    for (Dropped each : Dropped.values()) {
      dropped.put(
          each,
          Counter.builder("gatepost.edge.filter.dropped")
              .description("Messages on the filter's listener that were not taken back")
              .tag("reason", label(each))
              .register(registry));
    }
    Gauge.builder("gatepost.edge.filter.open", open, FilterRounds::size)
        .description("Messages that the filter has")
        .register(registry);
  }

  void ended(Round how) {
    count(rounds, how);
  }

  void dropped(Dropped why) {
    count(dropped, why);
  }

  private static <E extends Enum<E>> void count(Map<E, Counter> counters, E which) {
    Counter counter = counters.get(which);
    if (counter != null) {
      counter.increment();
    }
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
