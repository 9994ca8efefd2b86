package io.gatepost.edge.inquiry;

import io.gatepost.contract.address.DomainName;
import io.gatepost.edge.dnslist.ZoneHealth;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// The counts of one zone.
final class ZoneMeters {

  private final Counter[] questions = new Counter[Result.values().length];
  private final Timer time;

  /// The end of a question.
  enum Result {
    LISTED,
    CLEAR,
    /// The list's own error code.
    ERROR_CODE,
    /// An address outside of 127.0.0.0/8.
    FOREIGN,
    /// No answer in time, or the server failed.
    FAILED,
    /// No place among the questions of the zone, or of the process.
    NO_ROOM,
    /// Not asked, as the zone is left alone.
    LEFT_ALONE
  }

  ZoneMeters(DomainName zone, ZoneHealth health, MeterRegistry meters) {
    for (Result result : Result.values()) {
      questions[result.ordinal()] =
          Counter.builder("gatepost.edge.dnslist.questions")
              .description(
                  "Questions to DNS lists by their end; clients known from memory ask none")
              .tag("zone", zone.text())
              .tag("result", result.name().toLowerCase(Locale.ROOT))
              .register(meters);
    }
    time =
        Timer.builder("gatepost.edge.dnslist.time")
            .description("Time until a DNS list has answered")
            .tag("zone", zone.text())
            .register(meters);
    Gauge.builder("gatepost.edge.dnslist.left.alone", health, each -> each.isLeftAlone() ? 1 : 0)
        .description("Whether a DNS list is not asked, as it does not answer")
        .tag("zone", zone.text())
        .register(meters);
  }

  void count(Result result) {
    questions[result.ordinal()].increment();
  }

  void answeredIn(long nanos) {
    time.record(nanos, TimeUnit.NANOSECONDS);
  }
}
