package io.gatepost.verification.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.benmanes.caffeine.cache.Ticker;
import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteAnswer.Validity;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class RouteCacheTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final RouteAnswer GOOD =
      new RouteAnswer.Resolved(
          List.of(
              new RouteAnswer.Leg(
                  ForwardPath.of("bob@dest.example"),
                  new Destination.Mailbox("bob", DomainName.of("dest.example")))));
  private static final RouteAnswer BAD =
      new RouteAnswer.Refused(Reason.NEXT_HOP_REFUSED, Reply.of(550, "5.1.1", "their own words"));
  private static final RouteAnswer UNKNOWN =
      new RouteAnswer.TryLater(Reason.DNS_UNAVAILABLE, Reply.of(451, "4.4.3", "not now"));

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final RouteCache cache = new RouteCache(LONG, LONG, 100, RouteCache.lookUps(), meters);
  private final AtomicInteger asked = new AtomicInteger();

  private static RouteRequest request(String recipient) {
    return new RouteRequest(
        ReversePath.of("ann@sender.example"), ForwardPath.of(recipient), RouteRequest.Scope.HOSTED);
  }

  private Mono<RouteAnswer> get(RouteCache from, String recipient, RouteAnswer answer) {
    return from.get(
        request(recipient),
        question ->
            Mono.fromSupplier(
                    () -> {
                      asked.incrementAndGet();
                      return answer;
                    })
                .hide());
  }

  @Test
  void goodAndBadRoutesAreRememberedWithTheirOwnWords() {
    for (int i = 0; i < 3; i++) {
      assertThat(get(cache, "good@dest.example", GOOD).block()).isEqualTo(GOOD);
      assertThat(get(cache, "bad@dest.example", BAD).block()).isEqualTo(BAD);
    }

    assertThat(asked).hasValue(2);
  }

  /// Requirement C20.
  @Test
  void anAnswerOfTheMomentIsAskedForAgain() {
    RouteAnswer good =
        new RouteAnswer.Resolved(
            ((RouteAnswer.Resolved) GOOD).legs(), List.of(), List.of(), Validity.MOMENTARY);
    RouteAnswer bad =
        new RouteAnswer.Refused(
            Reason.REFUSED_BY_USER, Reply.of(550, "5.7.1", "go away"), Validity.MOMENTARY);

    assertThat(get(cache, "ann@dest.example", good).block()).isEqualTo(good);
    assertThat(get(cache, "ann@dest.example", bad).block()).isEqualTo(bad);
    assertThat(get(cache, "ann@dest.example", good).block()).isEqualTo(good);
    assertThat(cache.size()).isZero();
  }

  @Test
  void whatCannotBeToldIsAskedAgain() {
    get(cache, "bob@dest.example", UNKNOWN).block();
    get(cache, "bob@dest.example", UNKNOWN).block();

    assertThat(asked).hasValue(2);
  }

  @Test
  void goodAndBadRoutesLiveForTheirOwnTimes() {
    AtomicLong nanos = new AtomicLong();
    RouteCache timed =
        new RouteCache(
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            100,
            RouteCache.lookUps(),
            meters,
            (Ticker) nanos::get);
    get(timed, "good@dest.example", GOOD).block();
    get(timed, "bad@dest.example", BAD).block();

    nanos.set(Duration.ofMillis(1_999).toNanos());
    assertThat(get(timed, "bad@dest.example", GOOD).block()).isEqualTo(BAD);
    nanos.set(Duration.ofSeconds(2).toNanos());
    assertThat(get(timed, "bad@dest.example", GOOD).block()).isEqualTo(GOOD);

    nanos.set(Duration.ofMillis(9_999).toNanos());
    assertThat(get(timed, "good@dest.example", BAD).block()).isEqualTo(GOOD);
    nanos.set(Duration.ofSeconds(10).toNanos());
    assertThat(get(timed, "good@dest.example", BAD).block()).isEqualTo(BAD);
  }

  @Test
  void aTimeOfZeroIsNoMemory() {
    RouteCache onlyGood = new RouteCache(LONG, Duration.ZERO, 100, RouteCache.lookUps(), meters);
    for (int i = 0; i < 5; i++) {
      get(onlyGood, "bad@dest.example", BAD).block();
    }

    assertThat(asked).hasValue(5);
  }

  @Test
  void anotherSenderIsAnotherQuestion() {
    RouteRequest one = request("bob@dest.example");
    RouteRequest other =
        new RouteRequest(new ReversePath.Null(), one.recipient(), RouteRequest.Scope.HOSTED);

    assertThat(cache.get(one, question -> Mono.just(GOOD).hide()).block()).isEqualTo(GOOD);
    assertThat(cache.get(other, question -> Mono.just(BAD).hide()).block()).isEqualTo(BAD);
  }

  @Test
  void anAnswerThatCostsNothingIsNotKept() {
    cache.get(request("bob@dest.example"), question -> Mono.just(GOOD)).block();

    assertThat(cache.get(request("bob@dest.example"), question -> Mono.just(BAD)).block())
        .isEqualTo(BAD);
  }

  @Test
  void equalQuestionsShareOneLookUp() {
    Sinks.One<RouteAnswer> answer = Sinks.one();
    List<RouteAnswer> answers = new ArrayList<>();

    for (int i = 0; i < 50; i++) {
      cache
          .get(
              request("bob@dest.example"),
              question -> answer.asMono().doOnSubscribe(s -> asked.incrementAndGet()))
          .subscribe(answers::add);
    }
    answer.tryEmitValue(BAD);

    assertThat(asked).hasValue(1);
    assertThat(answers).hasSize(50).containsOnly(BAD);
  }

  @Test
  void theLookUpGoesOnWhenItsCallersHaveGone() {
    Sinks.One<RouteAnswer> answer = Sinks.one();
    Disposable caller =
        cache.get(request("bob@dest.example"), question -> answer.asMono()).subscribe();

    caller.dispose();
    answer.tryEmitValue(GOOD);

    assertThat(get(cache, "bob@dest.example", BAD).block()).isEqualTo(GOOD);
  }

  @Test
  void theFirstCallersHasteIsNotTheOthers() {
    Sinks.One<RouteAnswer> answer = Sinks.one();
    List<RouteAnswer> answers = new ArrayList<>();
    RouteRequest request = request("bob@dest.example");
    // Calls of the look-up itself are bounded by the deadline that it finds.
    Mono<RouteAnswer> lookUp = Deadline.within(LONG, answer.asMono().hide());

    assertThatThrownBy(() ->
            Deadline.within(Duration.ofMillis(50), cache.get(request, question -> lookUp)).block())
        .isInstanceOf(RpcException.class);
    cache.get(request, question -> lookUp).subscribe(answers::add);
    answer.tryEmitValue(GOOD);

    await().until(() -> answers.equals(List.of(GOOD)));
  }

  @Test
  void aLookUpThatFailsIsForgotten() {
    RouteRequest request = request("bob@dest.example");
    assertThatThrownBy(() ->
            cache
                .get(
                    request,
                    question -> Mono.<RouteAnswer>error(new IllegalStateException("bug")).hide())
                .block())
        .hasMessageContaining("bug");

    assertThat(get(cache, "bob@dest.example", GOOD).block()).isEqualTo(GOOD);
  }

  @Test
  void theSizeIsBounded() {
    RouteCache small = new RouteCache(LONG, LONG, 10, RouteCache.lookUps(), meters);

    for (int i = 0; i < 1_000; i++) {
      get(small, "user" + i + "@dest.example", GOOD).block();
    }

    await().untilAsserted(() -> assertThat(small.size()).isLessThanOrEqualTo(10));
  }

  @Test
  void runningLookUpsAreBounded() {
    for (int i = 0; i < RouteCache.MAX_RUNNING; i++) {
      cache.get(request("user" + i + "@dest.example"), question -> Mono.never()).subscribe();
    }

    assertThat(get(cache, "one-more@dest.example", GOOD).block())
        .isInstanceOf(RouteAnswer.TryLater.class);
    assertThat(asked).hasValue(0);
  }

  @Test
  void theHitRatioIsAMetric() {
    get(cache, "bob@dest.example", GOOD).block();
    get(cache, "bob@dest.example", GOOD).block();

    assertThat(meters.get("gatepost.verification.cache.hit.ratio").gauge().value()).isEqualTo(0.5);
    assertThat(meters.get("cache.gets").tag("result", "hit").functionCounter().count())
        .isEqualTo(1);
  }
}
