package io.gatepost.contract.event;

import io.gatepost.contract.envelope.QueueId;
import java.util.List;

/// One record of the outcomes topic: what has changed about a message (requirement S6). After a
/// crash the owner of a partition replays these and attempts no recipient again whose end they
/// tell.
public sealed interface OutcomeRecord {

  QueueId id();

  int generation();

  List<RecipientOutcome> outcomes();

  /// Some recipients are served; the attempt goes on with the others.
  record Progress(QueueId id, int generation, List<RecipientOutcome> outcomes)
      implements OutcomeRecord {
    public Progress {
      outcomes = List.copyOf(outcomes);
    }
  }

  /// This generation is over: all its recipients are served, or a replacement has been written.
  record Ended(QueueId id, int generation, List<RecipientOutcome> outcomes)
      implements OutcomeRecord {
    public Ended {
      outcomes = List.copyOf(outcomes);
    }
  }
}
