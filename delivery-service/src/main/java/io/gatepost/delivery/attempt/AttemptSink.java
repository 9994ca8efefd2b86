package io.gatepost.delivery.attempt;

import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.rpc.trace.Span;
import java.util.List;

/// Where an attempt tells what becomes of it. After any number of [#progress], either [#delivered]
/// or [#leftover] is called, once.
public interface AttemptSink {

  /// Some recipients are served; the others are still being tried.
  void progress(List<RecipientOutcome> delivered);

  /// Everyone is served.
  void delivered(List<RecipientOutcome> outcomes);

  /// The span that the attempt's calls and log lines are part of.
  default Span span() {
    return Span.NONE;
  }

  /// This has to be written before the attempt may be forgotten.
  void leftover(Conclusion conclusion);
}
