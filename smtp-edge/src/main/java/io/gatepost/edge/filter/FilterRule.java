package io.gatepost.edge.filter;

import io.gatepost.contract.delivery.FilterTerms;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Provenance.Origin;
import java.time.Duration;
import java.util.Set;

/// The filter that messages are shown to, and which messages these are.
///
/// @param terms its address, and how long the client of a message can wait for it
/// @param origins whose messages it is shown
public record FilterRule(FilterTerms terms, Set<Origin> origins, Unavailable unavailable) {

  /// The course of a message whose filter cannot be reached.
  public enum Unavailable {
    /// The client comes again.
    DEFER,
    /// It goes on as it came in, and a header field says so.
    SKIP
  }

  public FilterRule {
    origins = Set.copyOf(origins);
  }

  boolean isFor(Envelope envelope) {
    return origins.contains(envelope.provenance().origin());
  }

  /// From the first call to the message that is given back.
  Duration timeout() {
    return terms.budget();
  }
}
