package io.gatepost.delivery.early;

import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.delivery.attempt.AttemptSink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Passes on what an attempt tells once its record has been read; before that nobody has to write
/// anything down. Safe for all threads.
final class JoinedSink implements AttemptSink {

  private volatile @Nullable AttemptSink joined;

  void join(AttemptSink sink) {
    joined = sink;
  }

  boolean isJoined() {
    return joined != null;
  }

  @Override
  public void progress(List<RecipientOutcome> delivered) {
    AttemptSink sink = joined;
    if (sink != null) {
      sink.progress(delivered);
    }
  }

  @Override
  public void delivered(List<RecipientOutcome> outcomes) {
    AttemptSink sink = joined;
    if (sink != null) {
      sink.delivered(outcomes);
    }
  }

  @Override
  public void leftover(Conclusion conclusion) {
    AttemptSink sink = joined;
    if (sink != null) {
      sink.leftover(conclusion);
    }
  }
}
