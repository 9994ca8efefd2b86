package io.gatepost.verification.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.gatepost.contract.address.DomainName;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.HostKey;
import io.gatepost.verification.callout.HostRefusal;
import io.gatepost.verification.callout.Knowledge;
import io.gatepost.verification.callout.Subject;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Remembers in memory what next hops say (requirements D6, D12), with their own words. Bounded:
/// beyond its size it drops what is used least.
public final class CalloutCache implements Knowledge {

  /// Hosts whose refusals, and domains whose habits, are remembered.
  private static final int MAX_HOSTS = 10_000;

  private record Domain(String destination, DomainName domain) {}

  private final Lifetimes lifetimes;
  private final InstantSource clock;
  private final Cache<AnswerKey, Answer> answers;
  private final Cache<HostKey, HostRefusal> hosts;
  private final Cache<Domain, Boolean> acceptAll;

  /// @param size how many answers about addresses at most
  /// @param name in metrics, such as `gatepost.verification.callout`
  public CalloutCache(
      Lifetimes lifetimes, long size, String name, InstantSource clock, MeterRegistry meters) {
    this.lifetimes = lifetimes;
    this.clock = clock;
    this.answers =
        builder(size)
            .expireAfter(
                Expiry.<AnswerKey, Answer>writing((key, answer) ->
                    left(answer.age(clock.instant()), lifetimes.of(answer.kind()))))
            .build();
    this.hosts =
        builder(MAX_HOSTS)
            .expireAfter(
                Expiry.<HostKey, HostRefusal>writing((key, refusal) -> lifetimes.of(refusal)))
            .build();
    this.acceptAll = builder(MAX_HOSTS).expireAfterWrite(lifetimes.accepted()).build();
    CaffeineCacheMetrics.monitor(meters, answers, name);
    CaffeineCacheMetrics.monitor(meters, hosts, name + ".hosts");
    Gauge.builder(name + ".accept.all", this, CalloutCache::acceptingAll)
        .description("Domains whose next hop accepts every address at RCPT")
        .register(meters);
  }

  private Caffeine<Object, Object> builder(long size) {
    return Caffeine.newBuilder()
        .maximumSize(size)
        .ticker(() -> Duration.between(Instant.EPOCH, clock.instant()).toNanos())
        .recordStats();
  }

  private static Duration left(Duration age, Duration lifetime) {
    Duration left = lifetime.minus(age);
    return left.isNegative() ? Duration.ZERO : left;
  }

  @Override
  public Optional<Answer> answer(AnswerKey key) {
    return Optional.ofNullable(answers.getIfPresent(key));
  }

  @Override
  public Optional<HostRefusal> host(HostKey key) {
    return Optional.ofNullable(hosts.getIfPresent(key));
  }

  @Override
  public boolean acceptsAll(String destination, DomainName domain) {
    return habit(destination, domain).orElse(false);
  }

  /// Whether a destination accepts every address of a domain; empty where that is not known.
  public Optional<Boolean> habit(String destination, DomainName domain) {
    return Optional.ofNullable(acceptAll.getIfPresent(new Domain(destination, domain)));
  }

  /// Remembers whether a destination accepts every address of a domain.
  public void putHabit(String destination, DomainName domain, boolean acceptsAll) {
    acceptAll.put(new Domain(destination, domain), acceptsAll);
  }

  /// Remembers an answer. A 4xx is no reason to forget that an address was good.
  ///
  /// @return the answer that was remembered before
  public Optional<Answer> put(AnswerKey key, Answer answer) {
    Optional<Answer> before = answer(key);
    boolean staysGood =
        answer.kind() == Answer.Kind.DEFERRED
            && before.filter(known -> known.kind() == Answer.Kind.ACCEPTED).isPresent();
    if (!staysGood) {
      answers.put(key, answer);
    }
    return before;
  }

  /// Remembers an answer of an earlier process, unless there is a newer one.
  public void putEarlier(AnswerKey key, Answer answer) {
    if (left(answer.age(clock.instant()), lifetimes.of(answer.kind())).isPositive()) {
      answers.asMap().putIfAbsent(key, answer);
    }
  }

  /// Remembers the refusal of a host.
  public void put(HostKey key, HostRefusal refusal) {
    hosts.put(key, refusal);
  }

  /// Whether a good address is to be asked about again before it is forgotten.
  public boolean isAging(Answer answer) {
    return answer.kind() == Answer.Kind.ACCEPTED
        && answer.age(clock.instant()).compareTo(lifetimes.accepted().dividedBy(2)) > 0;
  }

  /// Forgets what is kept under an address, or under a domain with its habit and the refusals of
  /// its hosts. What answers to its questions is kept under other names [Cutoffs] hides.
  ///
  /// @return how many answers that were
  public int forget(Subject subject) {
    if (subject instanceof Subject.Domain(var domain)) {
      acceptAll.asMap().keySet().removeIf(known -> known.domain().equals(domain));
      hosts.asMap().values().removeIf(refusal -> refusal.domain().equals(domain));
    }
    int forgotten = 0;
    for (AnswerKey key : answers.asMap().keySet()) {
      if (subject.includes(key.recipient()) && answers.asMap().remove(key) != null) {
        forgotten++;
      }
    }
    return forgotten;
  }

  /// How many answers are remembered, after what has expired or is too much has been dropped.
  long size() {
    answers.cleanUp();
    return answers.estimatedSize();
  }

  private long acceptingAll() {
    return acceptAll.asMap().values().stream().filter(all -> all).count();
  }
}
