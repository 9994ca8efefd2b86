package io.gatepost.contract.event;

import io.gatepost.contract.envelope.QueueId;
import java.util.List;
import java.util.Optional;

/// One record of the outcomes topic: what has changed about a message (requirement S6). After a
/// crash the owner of a partition replays these and attempts no recipient again whose end they
/// tell.
public sealed interface OutcomeRecord {

  QueueId id();

  int generation();

  List<RecipientOutcome> outcomes();

  /// Some recipients are served; the attempt goes on with the others. One without outcomes says
  /// that the generation's record is about to be carried forward: from now on there may be a copy
  /// of it.
  record Progress(QueueId id, int generation, List<RecipientOutcome> outcomes)
      implements OutcomeRecord {
    public Progress {
      outcomes = List.copyOf(outcomes);
    }
  }

  /// This generation is over: all its recipients are served, or a replacement has been written.
  ///
  /// @param records before which all records of the generation stand: once these are committed,
  ///   none is read again, and a replay need not remember the end. Nothing where that is not known:
  ///   a copy may be anywhere.
  record Ended(
      QueueId id, int generation, List<RecipientOutcome> outcomes, Optional<LogBounds> records)
      implements OutcomeRecord {
    public Ended {
      outcomes = List.copyOf(outcomes);
    }

    /// An end that does not say where its records stand.
    public Ended(QueueId id, int generation, List<RecipientOutcome> outcomes) {
      this(id, generation, outcomes, Optional.empty());
    }
  }
}
