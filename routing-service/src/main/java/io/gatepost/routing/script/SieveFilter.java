package io.gatepost.routing.script;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer.Validity;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.Known;
import io.gatepost.gate.ScarceResource;
import io.gatepost.routing.chain.MailboxFilter;
import io.gatepost.routing.sieve.Analysis;
import io.gatepost.routing.sieve.BrokenScriptException;
import io.gatepost.routing.sieve.Decision;
import io.gatepost.routing.sieve.Facts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Users' Sieve scripts at the gate (requirements C17 to C20): what a script says of the envelope
/// alone counts, everything else is kept and left to delivery. A script that is broken, fails or
/// cannot be read is skipped: its mail is kept, and the operator is told.
public final class SieveFilter implements MailboxFilter, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SieveFilter.class);

  private final Scripts scripts;
  private final Map<Result, Counter> results = new EnumMap<>(Result.class);

  public SieveFilter(Scripts scripts, MeterRegistry meters) {
    this.scripts = scripts;
    Gauge.builder("gatepost.routing.sieve.broken", scripts, Scripts::broken)
        .description("Scripts in memory that are broken")
        .register(meters);
    FunctionCounter.builder("gatepost.routing.sieve.unreadable", scripts, Scripts::unreadable)
        .description("Looks at scripts that could not be read, or not in time")
        .register(meters);
    for (Result result : Result.values()) {
      results.put(
          result,
          Counter.builder("gatepost.routing.sieve.decisions")
              .description("What users' scripts say of envelopes")
              .tag("result", result.name().toLowerCase(Locale.ROOT))
              .register(meters));
    }
  }

  /// A result in the metric of answers.
  private enum Result {
    KEPT,
    UNDECIDED,
    REDIRECTED,
    DISCARDED,
    REFUSED,
    SKIPPED
  }

  private void count(Result result) {
    Objects.requireNonNull(results.get(result)).increment();
  }

  @Override
  public Filtered judge(RouteRequest request, Destination.Mailbox mailbox) {
    Mono<Rules> rules = scripts.of(mailbox);
    Rules known = Known.value(rules);
    return known != null
        ? filtered(known, request, mailbox)
        : new Filtered.Awaited(rules.map(read -> filtered(read, request, mailbox)));
  }

  /// A user may change or write a script at any moment.
  @Override
  public Validity validity() {
    return Validity.MOMENTARY;
  }

  /// The looks at files that are under way.
  public ScarceResource looks() {
    return scripts.looks();
  }

  @Override
  public void close() {
    scripts.close();
  }

  @Override
  public String source(Destination.Mailbox mailbox) {
    return scripts.file(mailbox).map(Path::toString).orElse("no script");
  }

  private Filtered filtered(Rules rules, RouteRequest request, Destination.Mailbox mailbox) {
    return switch (rules) {
      case Rules.None _ -> kept(mailbox);
      case Rules.Broken _ -> {
        count(Result.SKIPPED);
        yield kept(mailbox);
      }
      case Rules.Usable usable -> decided(usable, request, mailbox);
    };
  }

  private static Filtered kept(Destination.Mailbox mailbox) {
    return new Filtered.Kept(mailbox, List.of());
  }

  private Filtered decided(Rules.Usable usable, RouteRequest request, Destination.Mailbox mailbox) {
    try {
      Facts facts = new Facts(request.sender(), request.recipient());
      return filtered(Analysis.decide(usable.script(), facts), mailbox);
    } catch (BrokenScriptException e) {
      complain(usable, mailbox, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("script of {} failed", mailbox.name(), e);
      complain(usable, mailbox, e.toString());
    }
    count(Result.SKIPPED);
    return kept(mailbox);
  }

  /// Once for each version.
  private void complain(Rules.Usable usable, Destination.Mailbox mailbox, String problem) {
    if (usable.isComplainedOf().compareAndSet(false, true)) {
      log.error("script={} fails, mail is kept: {}", source(mailbox), problem);
    }
  }

  private Filtered filtered(Decision decision, Destination.Mailbox mailbox) {
    return switch (decision) {
      case Decision.Kept(var copies) -> {
        count(Result.KEPT);
        yield new Filtered.Kept(mailbox, copies);
      }
      case Decision.Undecided(var copies) -> {
        count(Result.UNDECIDED);
        yield new Filtered.Kept(mailbox, copies);
      }
      case Decision.Redirected(var addresses) -> {
        count(Result.REDIRECTED);
        yield new Filtered.Redirected(addresses);
      }
      case Decision.Discarded _ -> {
        count(Result.DISCARDED);
        yield new Filtered.Kept(
            new Destination.Discard(mailbox.user(), mailbox.domain()), List.of());
      }
      case Decision.Refused(var words) -> {
        count(Result.REFUSED);
        yield new Filtered.Refused(Reason.REFUSED_BY_USER, RefusalWords.reply(words));
      }
    };
  }
}
