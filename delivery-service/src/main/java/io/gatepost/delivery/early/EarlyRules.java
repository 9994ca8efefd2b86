package io.gatepost.delivery.early;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Recipient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// How long clients may wait for deliveries to some domains (requirement F1): those of the
/// addresses that a message was accepted for. Of several the strictest counts.
///
/// @param budgets by domain, or by `.example.org` for all domains below it, the closest first; zero
///   where mail for it goes to the queue
public record EarlyRules(Map<String, Duration> budgets) {

  /// None.
  public static final EarlyRules NONE = new EarlyRules(Map.of());

  public EarlyRules {
    budgets = Map.copyOf(budgets);
  }

  /// How long a client may wait for this message: what is wanted, or less; empty where it goes to
  /// the queue.
  public Optional<Duration> budget(Envelope envelope, Duration wanted) {
    if (budgets.isEmpty()) {
      return Optional.of(wanted);
    }
    Duration least = wanted;
    for (Recipient recipient : envelope.recipients()) {
      Duration own = of(recipient.address().domain()).orElse(least);
      least = own.compareTo(least) < 0 ? own : least;
    }
    return least.isZero() ? Optional.empty() : Optional.of(least);
  }

  private Optional<Duration> of(DomainName domain) {
    String name = domain.text();
    Duration own = budgets.get(name);
    for (int dot = name.indexOf('.'); own == null && dot >= 0; dot = name.indexOf('.', dot + 1)) {
      own = budgets.get(name.substring(dot));
    }
    return Optional.ofNullable(own);
  }
}
