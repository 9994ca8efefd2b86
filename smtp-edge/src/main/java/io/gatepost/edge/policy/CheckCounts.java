package io.gatepost.edge.policy;

import io.gatepost.contract.client.PolicyReport.Counts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/// How often each check was asked, and what it said. For any thread.
public final class CheckCounts {

  /// A counted result of a check.
  enum Result {
    /// It has judged, whatever it said.
    ASKED,
    REFUSED,
    MARKED,
    /// It would have refused, but warns only.
    WARNED,
    /// It was not asked, by a table of exemptions.
    EXEMPT;

    /// The form in metrics and reports.
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final LongAdder[][] counts =
      new LongAdder[CheckName.values().length][Result.values().length];

  /// Starts at zero.
  ///
  /// @param meters that tell of the counts
  public CheckCounts(MeterRegistry meters) {
    for (CheckName check : CheckName.values()) {
      for (Result result : Result.values()) {
        LongAdder count = new LongAdder();
        counts[check.ordinal()][result.ordinal()] = count;
        FunctionCounter.builder("gatepost.edge.checks", count, LongAdder::sum)
            .description("Questions to each check of the policy, and what it said")
            .tag("check", check.label())
            .tag("result", result.label())
            .register(meters);
      }
    }
  }

  void add(CheckName check, Result result) {
    counts[check.ordinal()][result.ordinal()].increment();
  }

  /// Returns the counts of a check since the process began.
  Counts report(CheckName check) {
    return new Counts(
        of(check, Result.ASKED),
        of(check, Result.REFUSED),
        of(check, Result.MARKED),
        of(check, Result.WARNED),
        of(check, Result.EXEMPT));
  }

  private long of(CheckName check, Result result) {
    return counts[check.ordinal()][result.ordinal()].sum();
  }
}
