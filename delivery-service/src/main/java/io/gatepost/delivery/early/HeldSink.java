package io.gatepost.delivery.early;

import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.delivery.attempt.AttemptSink;
import io.gatepost.rpc.trace.Span;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps what an attempt tells until its record has been read, and passes it on from then on, in
/// order. Safe for all threads; none of them waits for another.
final class HeldSink implements AttemptSink {

  private final Span span;
  private final Queue<Consumer<AttemptSink>> untold = new ConcurrentLinkedQueue<>();
  private final AtomicInteger telling = new AtomicInteger();
  private volatile @Nullable AttemptSink joined;

  /// @param span of the call that makes the attempt
  HeldSink(Span span) {
    this.span = span;
  }

  @Override
  public Span span() {
    return span;
  }

  /// From now on this sink is told everything, and what was told before.
  void join(AttemptSink sink) {
    joined = sink;
    pass();
  }

  @Override
  public void progress(List<RecipientOutcome> delivered) {
    tell(sink -> sink.progress(delivered));
  }

  @Override
  public void delivered(List<RecipientOutcome> outcomes) {
    tell(sink -> sink.delivered(outcomes));
  }

  @Override
  public void leftover(Conclusion conclusion) {
    tell(sink -> sink.leftover(conclusion));
  }

  private void tell(Consumer<AttemptSink> call) {
    untold.add(call);
    pass();
  }

  private void pass() {
    AttemptSink sink = joined;
    if (sink == null || telling.getAndIncrement() > 0) {
      return; // whoever tells now goes on with it
    }
    int seen = 1;
    do {
      for (Consumer<AttemptSink> call = untold.poll(); call != null; call = untold.poll()) {
        call.accept(sink);
      }
      seen = telling.addAndGet(-seen);
    } while (seen > 0);
  }
}
