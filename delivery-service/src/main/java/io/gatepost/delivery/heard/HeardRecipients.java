package io.gatepost.delivery.heard;

import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.contract.verification.Verification;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// Tells verification what deliveries hear at RCPT, in batches, off the mail path and best effort:
/// where verification is away or slow, the newest are dropped and counted. Safe for all threads.
public final class HeardRecipients implements AutoCloseable {

  /// Answers that wait to be told; each takes some hundred octets.
  static final int MAX_WAITING = 10_000;

  static final Duration INTERVAL = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(HeardRecipients.class);
  private static final String NAME = "gatepost.delivery.heard";

  private final Function<List<HeardRecipient>, Mono<Void>> verification;
  private final Scheduler scheduler;
  private final RecentlyAccepted accepted;
  private final Counter told;
  private final Counter dropped;
  private final Disposable timer;
  private final BlockingQueue<HeardRecipient> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final AtomicBoolean telling = new AtomicBoolean();
  private final AtomicLong taken = new AtomicLong();
  private final Queue<Awaiting> awaiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong done = new AtomicLong();
  private boolean failing; // of the one that tells

  /// Somebody who waits until so many answers are told, or dropped.
  private record Awaiting(long answers, CompletableFuture<Void> told) {}

  /// @param verification takes a batch of at most [Verification#MAX_HEARD]
  /// @param scheduler for the timer and the calls, which do not block
  public HeardRecipients(
      Function<List<HeardRecipient>, Mono<Void>> verification,
      Scheduler scheduler,
      MeterRegistry registry) {
    this.verification = verification;
    this.scheduler = scheduler;
    this.accepted = new RecentlyAccepted(System::nanoTime);
    this.told = counter(registry, "told");
    this.dropped = counter(registry, "dropped");
    long millis = INTERVAL.toMillis();
    this.timer = scheduler.schedulePeriodically(this::tell, millis, millis, TimeUnit.MILLISECONDS);
  }

  private static Counter counter(MeterRegistry registry, String result) {
    return Counter.builder(NAME)
        .description("Answers to RCPT that deliveries told verification, or dropped")
        .tag("result", result)
        .register(registry);
  }

  /// Takes a 2xx or 5xx; what was accepted is not told again for a while.
  public void heard(HeardRecipient recipient) {
    if (recipient.reply().code().isPermanent()) {
      accepted.remove(recipient);
    } else if (!accepted.add(recipient)) {
      return;
    }
    taken.incrementAndGet(); // first: whoever waits for it may wait for others too
    if (!waiting.offer(recipient)) {
      taken.decrementAndGet();
      dropped.increment();
      return;
    }
    if (waiting.size() == Verification.MAX_HEARD) {
      scheduler.schedule(this::tell);
    }
  }

  /// Tells what has been heard so far at once; done when verification has it, or could not be told.
  public Mono<Void> told() {
    return Mono.defer(() -> {
      Awaiting all = new Awaiting(taken.get(), new CompletableFuture<>());
      awaiting.add(all);
      wake();
      scheduler.schedule(this::tell);
      return Mono.fromFuture(all.told(), true).doFinally(_ -> awaiting.remove(all));
    });
  }

  private void wake() {
    long answers = done.get();
    awaiting.removeIf(each -> each.answers() <= answers && each.told().complete(null));
  }

  /// Tells what waits, batch by batch; one call runs at a time.
  private void tell() {
    if (waiting.isEmpty() || !telling.compareAndSet(false, true)) {
      return;
    }
    List<HeardRecipient> batch = new ArrayList<>();
    waiting.drainTo(batch, Verification.MAX_HEARD);
    Mono.defer(() -> verification.apply(batch))
        .doOnSuccess(_ -> ended(batch))
        .doOnError(error -> failed(batch, error))
        .onErrorComplete()
        .doFinally(_ -> next(batch.size()))
        .subscribe();
  }

  private void ended(List<HeardRecipient> batch) {
    told.increment(batch.size());
    failing = false;
  }

  private void failed(List<HeardRecipient> batch, Throwable error) {
    dropped.increment(batch.size());
    batch.forEach(accepted::remove);
    if (!failing) {
      failing = true;
      log.warn("verification is not told what deliveries hear: {}", error.toString());
    }
  }

  /// A full batch follows at once, and where somebody waits for it; the rest with the timer. So
  /// does all of it while calls fail.
  private void next(int told) {
    done.addAndGet(told);
    wake();
    boolean more = !failing && (waiting.size() >= Verification.MAX_HEARD || !awaiting.isEmpty());
    telling.set(false);
    if (more) {
      scheduler.schedule(this::tell);
    }
  }

  /// Drops what waits.
  @Override
  public void close() {
    timer.dispose();
    dropped.increment(waiting.size());
    waiting.clear();
    done.set(Long.MAX_VALUE / 2);
    wake();
  }
}
