package io.gatepost.edge.inquiry;

import io.gatepost.contract.address.DomainName;
import io.gatepost.edge.dnslist.ListJudge;
import io.gatepost.edge.dnslist.ListReason;
import io.gatepost.edge.dnslist.ListVerdict;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/// The questions to all lists about one address, and their answers. Clients from there share it
/// while it holds; a session keeps the one that it began with. Ends within the time-out.
final class ListInquiry implements ListedClient {

  private final InetAddress address;
  private final List<ZoneAsking> zones;
  private final ListJudge judge;
  private final Duration timeout;
  private final LongSupplier nanoTime;
  private final long began;

  /// One for each zone; guarded by itself.
  private final Answered[] answers;

  private final Sinks.One<ListVerdict> pending = Sinks.one();
  private volatile @Nullable Mono<ListVerdict> settled;

  /// Whether the verdict is known but for its words; guarded by [#answers].
  private boolean isDecided;

  /// Until when the verdict holds.
  private volatile long until;

  /// @param zones in the order of the judge's
  /// @param timeout for the verdict
  /// @param earlier of the same address, answers of which may hold
  ListInquiry(
      InetAddress address,
      List<ZoneAsking> zones,
      ListJudge judge,
      Duration timeout,
      LongSupplier nanoTime,
      @Nullable ListInquiry earlier) {
    this.address = address;
    this.zones = zones;
    this.judge = judge;
    this.timeout = timeout;
    this.nanoTime = nanoTime;
    this.began = nanoTime.getAsLong();
    this.answers = new Answered[zones.size()];
    Arrays.fill(answers, Answered.PENDING);
    if (earlier != null) {
      earlier.handOn(answers, began);
    }
    this.until = began + timeout.toNanos() + KeepingTime.ofSilence();
  }

  /// Gives those answers to another inquiry that hold.
  private void handOn(Answered[] others, long now) {
    synchronized (answers) {
      for (int i = 0; i < answers.length; i++) {
        others[i] = answers[i].holds(now) ? answers[i] : Answered.PENDING;
      }
    }
  }

  /// Asks. Called once, before or after others wait for the verdict.
  void begin() {
    for (int i = 0; i < zones.size(); i++) {
      int zone = i;
      if (isUnanswered(zone)) {
        zones.get(zone).ask(address).subscribe(answered -> take(zone, answered));
      }
    }
    decide();
  }

  /// Whether the answers still hold, or are still to come.
  boolean holds(long now) {
    return until - now > 0;
  }

  @Override
  public Mono<ListVerdict> verdict() {
    Mono<ListVerdict> known = settled;
    return known != null ? known : pending.asMono();
  }

  private boolean isUnanswered(int zone) {
    synchronized (answers) {
      return answers[zone].isPending();
    }
  }

  private void take(int zone, Answered answered) {
    synchronized (answers) {
      answers[zone] = answered;
    }
    decide();
  }

  private void decide() {
    Optional<ListVerdict> verdict;
    synchronized (answers) {
      if (isDecided) {
        return;
      }
      verdict = judge.judge(Arrays.stream(answers).map(Answered::answer).toList());
      isDecided = verdict.isPresent();
    }
    verdict.ifPresent(this::explain);
  }

  /// Asks the list for its words where the client is to hear them.
  private void explain(ListVerdict verdict) {
    switch (verdict) {
      case ListVerdict.Clear _, ListVerdict.Allowed _, ListVerdict.Marked _ -> settle(verdict);
      case ListVerdict.Deferred(var zone, _) ->
          askWhy(zone, why -> new ListVerdict.Deferred(zone, why));
      case ListVerdict.Refused(var zone, _) ->
          askWhy(zone, why -> new ListVerdict.Refused(zone, why));
    }
  }

  private interface Explained {
    ListVerdict by(ListReason why);
  }

  private void askWhy(DomainName zone, Explained verdict) {
    Duration left = timeout.minusNanos(nanoTime.getAsLong() - began);
    if (left.isPositive()) {
      zones
          .get(judge.zones().indexOf(zone))
          .reason(address, left)
          .subscribe(why -> settle(verdict.by(why)));
    } else {
      settle(verdict.by(ListReason.NONE));
    }
  }

  private void settle(ListVerdict verdict) {
    synchronized (answers) {
      until =
          Arrays.stream(answers)
              .filter(answered -> !answered.isPending())
              .mapToLong(Answered::until)
              .reduce((one, other) -> one - other < 0 ? one : other)
              .orElse(until);
    }
    settled = verdict instanceof ListVerdict.Clear ? Settled.CLEAR : Mono.just(verdict);
    pending.tryEmitValue(verdict);
  }
}
