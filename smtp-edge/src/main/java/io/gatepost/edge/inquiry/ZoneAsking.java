package io.gatepost.edge.inquiry;

import io.gatepost.contract.address.DomainName;
import io.gatepost.dns.Answer;
import io.gatepost.dns.Dns;
import io.gatepost.dns.RecordData;
import io.gatepost.dns.RecordType;
import io.gatepost.dns.ReverseName;
import io.gatepost.edge.dnslist.ListReason;
import io.gatepost.edge.dnslist.ReturnCode;
import io.gatepost.edge.dnslist.ZoneAnswer;
import io.gatepost.edge.dnslist.ZoneHealth;
import io.gatepost.edge.inquiry.ZoneMeters.Result;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Priority;
import io.gatepost.gate.Waiting;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Questions to one zone. It has places of its own among the questions of the process, so that its
/// trouble takes none from others, and is left alone where it does not answer.
final class ZoneAsking {

  private static final Logger log = LoggerFactory.getLogger(ZoneAsking.class);

  /// Questions of one zone that wait for a place; beyond it a client is not asked about.
  private static final int MAX_WAITING = 4_000;

  private static final long ALERT_PAUSE = Duration.ofMinutes(1).toNanos();

  private final DomainName zone;
  private final Dns dns;
  private final Duration timeout;
  private final LongSupplier nanoTime;
  private final Gate gate;
  private final ZoneHealth health = new ZoneHealth();
  private final ZoneMeters meters;
  private final AtomicLong alertedAt;

  /// @param timeout for one answer, with its wait for a place
  /// @param running questions of this zone at a time
  ZoneAsking(
      DomainName zone,
      Dns dns,
      Duration timeout,
      int running,
      LongSupplier nanoTime,
      MeterRegistry meters) {
    this.zone = zone;
    this.dns = dns;
    this.timeout = timeout;
    this.nanoTime = nanoTime;
    this.gate = new Gate("dns-list", GateLimits.of(running, MAX_WAITING));
    this.meters = new ZoneMeters(zone, health, meters);
    this.alertedAt = new AtomicLong(nanoTime.getAsLong() - ALERT_PAUSE);
  }

  /// Asks about a client. Never an error; what is not answered within the time-out is unknown.
  Mono<Answered> ask(InetAddress client) {
    return switch (health.next(nanoTime.getAsLong())) {
      case ASK -> question(client);
      case TRY -> {
        tryAgain(client);
        yield Mono.just(leftAlone());
      }
      case LEAVE_ALONE -> Mono.just(leftAlone());
    };
  }

  /// The zone's words about a client (RFC 5782 §2.1), none where it does not say in time.
  Mono<ListReason> reason(InetAddress client, Duration left) {
    return dns.ask(ReverseName.below(client, zone.text()), RecordType.TXT, zone)
        .timeout(left)
        .map(ZoneAsking::firstText)
        .onErrorReturn(ListReason.NONE);
  }

  private static ListReason firstText(Answer answer) {
    return answer instanceof Answer.Found(var records, _)
            && records.getFirst() instanceof RecordData.Text(var text)
        ? new ListReason(text)
        : ListReason.NONE;
  }

  private Answered leftAlone() {
    meters.count(Result.LEFT_ALONE);
    return unknown();
  }

  private Answered unknown() {
    return new Answered(ZoneAnswer.UNKNOWN, nanoTime.getAsLong() + KeepingTime.ofSilence());
  }

  private Mono<Answered> question(InetAddress client) {
    AtomicBoolean asked = new AtomicBoolean();
    return gate.call(
            new Waiting(Priority.NORMAL, zone, timeout),
            () -> {
              asked.set(true);
              return timed(client);
            })
        .timeout(timeout)
        .doOnNext(_ -> health.answered())
        .map(this::read)
        .onErrorResume(error -> Mono.just(failed(error, asked.get())));
  }

  private Mono<Answer> timed(InetAddress client) {
    long began = nanoTime.getAsLong();
    return dns.ask(ReverseName.below(client, zone.text()), RecordType.A, zone)
        .doOnNext(_ -> meters.answeredIn(nanoTime.getAsLong() - began));
  }

  /// Our own refusals say nothing of the zone.
  private Answered failed(Throwable error, boolean wasAsked) {
    if (!wasAsked || error instanceof GateRefusedException) {
      meters.count(Result.NO_ROOM);
      return unknown();
    }
    meters.count(Result.FAILED);
    if (health.failed(nanoTime.getAsLong())) {
      log.warn(
          "zone={} is left alone for {} s, as it does not answer: {}",
          zone,
          health.pauseSeconds(),
          error instanceof TimeoutException ? "no answer in time" : error.getMessage());
    }
    return unknown();
  }

  private void tryAgain(InetAddress client) {
    timed(client)
        .timeout(timeout)
        .subscribe(
            _ -> {
              health.tryAnswered();
              log.info("zone={} answers again", zone);
            },
            _ -> health.tryFailed(nanoTime.getAsLong()));
  }

  private Answered read(Answer answer) {
    long now = nanoTime.getAsLong();
    return switch (answer) {
      case Answer.Absent(var ttl) -> {
        meters.count(Result.CLEAR);
        yield new Answered(ZoneAnswer.CLEAR, now + KeepingTime.ofAbsence(ttl));
      }
      case Answer.Found(var records, var ttl) ->
          new Answered(counted(ZoneAnswer.of(codes(records))), now + KeepingTime.ofRecords(ttl));
    };
  }

  private static List<ReturnCode> codes(List<RecordData> records) {
    return records.stream()
        .filter(RecordData.Address.class::isInstance)
        .map(data -> ((RecordData.Address) data).address())
        .filter(Inet4Address.class::isInstance)
        .map(address -> ReturnCode.of(address.getAddress()))
        .toList();
  }

  private ZoneAnswer counted(ZoneAnswer answer) {
    switch (answer) {
      case ZoneAnswer.Listed _ -> meters.count(Result.LISTED);
      case ZoneAnswer.Faulty(var code) -> faulty(code);
      case ZoneAnswer.Clear _, ZoneAnswer.Unknown _, ZoneAnswer.Pending _ ->
          meters.count(Result.CLEAR);
    }
    return answer;
  }

  private void faulty(ReturnCode code) {
    meters.count(code.isError() ? Result.ERROR_CODE : Result.FOREIGN);
    long now = nanoTime.getAsLong();
    long last = alertedAt.get();
    if (now - last >= ALERT_PAUSE && alertedAt.compareAndSet(last, now)) {
      log.warn(
          "zone={} answers {}, which is no listing: {}",
          zone,
          code,
          code.isError()
              ? "the list refuses our questions (expected: a resolver and a rate that it allows)"
              : "somebody answers in its place (expected: addresses in 127.0.0.0/8)");
    }
  }
}
