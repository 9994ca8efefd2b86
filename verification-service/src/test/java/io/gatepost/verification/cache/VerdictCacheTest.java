package io.gatepost.verification.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.verification.RecipientVerdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class VerdictCacheTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final RecipientVerdict GOOD = new RecipientVerdict.Good();
  private static final RecipientVerdict BAD =
      new RecipientVerdict.Bad(Reason.NEXT_HOP_REFUSED, Reply.of(550, "5.1.1", "their own words"));
  private static final RecipientVerdict UNKNOWN =
      new RecipientVerdict.Unknown(Reason.DNS_UNAVAILABLE, Reply.of(451, "4.4.3", "not now"));

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final VerdictCache cache = new VerdictCache(LONG, LONG, 100, meters);
  private final AtomicInteger asked = new AtomicInteger();

  private static RouteRequest request(String recipient) {
    return new RouteRequest(
        ReversePath.of("ann@sender.example"), ForwardPath.of(recipient), RouteRequest.Scope.HOSTED);
  }

  private Mono<RecipientVerdict> get(
      VerdictCache from, String recipient, RecipientVerdict verdict) {
    return from.get(
        request(recipient),
        question ->
            Mono.fromSupplier(
                    () -> {
                      asked.incrementAndGet();
                      return verdict;
                    })
                .hide());
  }

  @Test
  void goodAndBadVerdictsAreRememberedWithTheirOwnWords() {
    for (int i = 0; i < 3; i++) {
      assertThat(get(cache, "good@dest.example", GOOD).block()).isEqualTo(GOOD);
      assertThat(get(cache, "bad@dest.example", BAD).block()).isEqualTo(BAD);
    }

    assertThat(asked).hasValue(2);
  }

  @Test
  void whatCannotBeToldIsAskedAgain() {
    get(cache, "bob@dest.example", UNKNOWN).block();
    get(cache, "bob@dest.example", UNKNOWN).block();

    assertThat(asked).hasValue(2);
  }

  @Test
  void goodAndBadVerdictsLiveForTheirOwnTimes() {
    VerdictCache onlyGood = new VerdictCache(LONG, Duration.ZERO, 100, meters);
    for (int i = 0; i < 3; i++) {
      get(onlyGood, "good@dest.example", GOOD).block();
      get(onlyGood, "bad@dest.example", BAD).block();
    }

    assertThat(asked).hasValue(1 + 3);
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
    Sinks.One<RecipientVerdict> answer = Sinks.one();
    List<RecipientVerdict> verdicts = new ArrayList<>();

    for (int i = 0; i < 50; i++) {
      cache
          .get(
              request("bob@dest.example"),
              question -> answer.asMono().doOnSubscribe(s -> asked.incrementAndGet()))
          .subscribe(verdicts::add);
    }
    answer.tryEmitValue(BAD);

    assertThat(asked).hasValue(1);
    assertThat(verdicts).hasSize(50).containsOnly(BAD);
  }

  @Test
  void theLookUpGoesOnWhenItsCallersHaveGone() {
    Sinks.One<RecipientVerdict> answer = Sinks.one();
    Disposable caller =
        cache.get(request("bob@dest.example"), question -> answer.asMono()).subscribe();

    caller.dispose();
    answer.tryEmitValue(GOOD);

    assertThat(get(cache, "bob@dest.example", BAD).block()).isEqualTo(GOOD);
  }

  @Test
  void theFirstCallersHasteIsNotTheOthers() {
    Sinks.One<RecipientVerdict> answer = Sinks.one();
    List<RecipientVerdict> verdicts = new ArrayList<>();
    RouteRequest request = request("bob@dest.example");
    // What the look-up itself calls is bounded by the deadline that it finds.
    Mono<RecipientVerdict> lookUp = Deadline.within(LONG, answer.asMono().hide());

    assertThatThrownBy(() ->
            Deadline.within(Duration.ofMillis(50), cache.get(request, question -> lookUp)).block())
        .isInstanceOf(RpcException.class);
    cache.get(request, question -> lookUp).subscribe(verdicts::add);
    answer.tryEmitValue(GOOD);

    await().until(() -> verdicts.equals(List.of(GOOD)));
  }

  @Test
  void aLookUpThatFailsIsForgotten() {
    RouteRequest request = request("bob@dest.example");
    assertThatThrownBy(() ->
            cache
                .get(
                    request,
                    question ->
                        Mono.<RecipientVerdict>error(new IllegalStateException("bug")).hide())
                .block())
        .hasMessageContaining("bug");

    assertThat(get(cache, "bob@dest.example", GOOD).block()).isEqualTo(GOOD);
  }

  @Test
  void theSizeIsBounded() {
    VerdictCache small = new VerdictCache(LONG, LONG, 10, meters);

    for (int i = 0; i < 1_000; i++) {
      get(small, "user" + i + "@dest.example", GOOD).block();
    }

    await().untilAsserted(() -> assertThat(small.size()).isLessThanOrEqualTo(10));
  }

  @Test
  void runningLookUpsAreBounded() {
    for (int i = 0; i < VerdictCache.MAX_RUNNING; i++) {
      cache.get(request("user" + i + "@dest.example"), question -> Mono.never()).subscribe();
    }

    assertThat(get(cache, "one-more@dest.example", GOOD).block())
        .isInstanceOf(RecipientVerdict.Unknown.class);
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
