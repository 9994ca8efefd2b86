package io.gatepost.delivery.late;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.ScanTerms.Moment;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.delivery.late.LateVerdict.Scope;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.delivery.transport.DestinationQueue;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Has messages scanned that were accepted unscanned, before they are attempted. So many at a time;
/// others wait as mail waits for a slow host, with the same bounds ([DestinationQueue]), and are
/// put off beyond them. Where the scanners do not answer, nothing is asked for a pause, and all is
/// put off. Safe for all threads.
public final class LateScans {

  /// The scanners' name as a destination: what is put off because of them is held up by it.
  public static final String DESTINATION = "scanner";

  private static final Logger log = LoggerFactory.getLogger(LateScans.class);

  private static final ScanTerms TERMS = new ScanTerms(Moment.LATE, 0);

  private static final Reply BUSY = // not yet attempted, so this is nobody's answer
      Reply.of(451, "4.7.1", "Content is still to be checked");

  private final Scanning scanning;
  private final AttemptRoom room;
  private final Settings settings;
  private final LateBacklog backlog;
  private final LateMeters meters;
  private final LongSupplier nanos;

  /// Guarded by itself, as are the fields below.
  private final DestinationQueue<Job> line;

  private int running;
  private long pausedUntil;
  private long answeredAt;
  private boolean paused;
  private boolean stopping;
  private final AtomicInteger wanted = new AtomicInteger();

  /// @param scans at a time at most
  /// @param waiting that wait at most
  /// @param timeout of one scan
  /// @param pause for which nothing is asked where the scanners do not answer
  public record Settings(int scans, int waiting, Duration timeout, Duration pause) {}

  private record Job(
      EnvelopeRecord message, AttemptRoom.Holding holding, Consumer<LateVerdict> ended) {}

  /// @param room that slow destinations share
  /// @param nanos a monotonic clock
  public LateScans(
      Scanning scanning,
      AttemptRoom room,
      Settings settings,
      LateBacklog backlog,
      LateMeters meters,
      InstantSource clock,
      LongSupplier nanos) {
    this.scanning = scanning;
    this.room = room;
    this.settings = settings;
    this.backlog = backlog;
    this.meters = meters;
    this.nanos = nanos;
    this.answeredAt = nanos.getAsLong();
    this.line =
        new DestinationQueue<>(
            settings.waiting(), () -> room.share(DESTINATION), nanos.getAsLong());
    meters.show(backlog, clock, this::waiting, this::running);
  }

  /// Has a message scanned; never blocks.
  ///
  /// @param ended told the verdict once, on any thread. Not where the service stops before the scan
  ///   has begun: the log still has the message
  public void scan(EnvelopeRecord message, Consumer<LateVerdict> ended) {
    long now = nanos.getAsLong();
    backlog.owes(message, now);
    Job job = new Job(message, room.hold(DESTINATION, message, 1), ended);
    boolean taken;
    synchronized (line) {
      taken = stopping || !isPaused(now) && line.hasRoom(now);
      if (taken) {
        line.add(job, now);
      }
    }
    if (taken) {
      begin();
    } else {
      end(job, putOff());
    }
  }

  /// Puts off those that have waited for too long, or are too many. Called every second.
  public void look() {
    List<Job> excess;
    synchronized (line) {
      excess = stopping ? List.of() : line.removeExcess(nanos.getAsLong());
    }
    excess.forEach(job -> end(job, putOff()));
    backlog.forget(nanos.getAsLong());
  }

  /// A message that owed its scan owes none any more: it is delivered, refused or put aside.
  public void settled(EnvelopeRecord message) {
    backlog.settled(message.envelope().id());
  }

  /// Messages of other partitions are another's now.
  public void keepOnly(Set<Integer> partitions) {
    backlog.keepOnly(partitions);
  }

  /// Begins no scan any more.
  public void stopAccepting() {
    synchronized (line) {
      stopping = true;
    }
  }

  int waiting() {
    synchronized (line) {
      return line.size();
    }
  }

  int running() {
    synchronized (line) {
      return running;
    }
  }

  /// Begins what there is room for. A scan may end while it is begun: then the next one follows
  /// here, and not within it.
  private void begin() {
    if (wanted.getAndIncrement() > 0) {
      return;
    }
    int seen = 1;
    do {
      for (Job job = next(); job != null; job = next()) {
        scan(job);
      }
      seen = wanted.addAndGet(-seen);
    } while (seen > 0);
  }

  private @Nullable Job next() {
    synchronized (line) {
      Job job = stopping || running >= settings.scans() ? null : line.poll();
      if (job != null) {
        running++;
      }
      if (line.isEmpty()) {
        line.caughtUp();
      }
      return job;
    }
  }

  private void scan(Job job) {
    long began = nanos.getAsLong();
    Deadline.within(settings.timeout(), Mono.defer(() -> scanning.scan(job.message(), TERMS)))
        .single()
        .map(report -> verdict(job.message(), report))
        .onErrorResume(error -> Mono.just(failed(job.message(), error)))
        .subscribe(verdict -> scanned(job, verdict, began));
  }

  private void scanned(Job job, LateVerdict verdict, long began) {
    List<Job> others;
    LateVerdict told = verdict;
    synchronized (line) {
      running--;
      long now = nanos.getAsLong();
      if (!(verdict instanceof LateVerdict.Later later) || later.scope() == Scope.MESSAGE) {
        answeredAt = now;
        others = List.of();
      } else if (answeredAt - began > 0) {
        // Others were answered meanwhile: it is this message that cannot be scanned.
        told = new LateVerdict.Later(later.reason(), later.reply(), Scope.MESSAGE);
        others = List.of();
      } else {
        paused = true;
        pausedUntil = now + settings.pause().toNanos();
        others = line.removeAll();
      }
    }
    end(job, told);
    others.forEach(each -> end(each, putOff()));
    begin();
  }

  private boolean isPaused(long now) {
    paused = paused && now - pausedUntil < 0;
    return paused;
  }

  private void end(Job job, LateVerdict verdict) {
    job.holding().release(1);
    meters.ended(verdict);
    job.ended().accept(verdict);
  }

  private static LateVerdict putOff() {
    return new LateVerdict.Later(Reason.DESTINATION_BUSY, BUSY, Scope.ALL);
  }

  private static LateVerdict verdict(EnvelopeRecord message, ScanReport report) {
    log.info("qid={} late scan: {}", message.envelope().id(), LateJudge.words(report));
    return LateJudge.verdict(report);
  }

  /// Trouble of our own: nobody has said anything of the content.
  private static LateVerdict failed(EnvelopeRecord message, Throwable error) {
    log.warn("qid={} late scan failed: {}", message.envelope().id(), error.toString());
    return error instanceof RpcException rpc && rpc.status() == RpcStatus.NOT_FOUND
        ? new LateVerdict.Later(
            Reason.CONTENT_UNAVAILABLE, Replies.CONTENT_UNREADABLE, Scope.MESSAGE)
        : new LateVerdict.Later(Reason.SERVICE_UNAVAILABLE, Replies.SCANNER_UNAVAILABLE, Scope.ALL);
  }
}
