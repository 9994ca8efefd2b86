package io.gatepost.verification.cache;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.HostKey;
import io.gatepost.verification.callout.HostRefusal;
import io.gatepost.verification.callout.Knowledge;
import io.gatepost.verification.callout.Question;
import io.gatepost.verification.callout.Subject;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// When an operator has made us forget what. A question about a forgotten address or domain, as the
/// client, routing or the next hop calls it, does not see what was asked before, whatever that is
/// kept under and wherever it comes from: answers may be kept under another domain, be under way to
/// the database, or be read from it later. Safe for all threads.
public final class Cutoffs {

  /// Beyond it the oldest is applied to every address: more is asked again, and nothing comes back.
  static final int MAX_SUBJECTS = 10_000;

  private final Map<Subject, Instant> times = new ConcurrentHashMap<>();
  private volatile Instant ofAll = Instant.EPOCH;

  /// Forgets what was asked before.
  synchronized void forget(Subject subject, Instant before) {
    times.merge(subject, before, Cutoffs::later);
    while (times.size() > MAX_SUBJECTS) {
      Map.Entry<Subject, Instant> oldest =
          times.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow();
      ofAll = later(ofAll, oldest.getValue());
      times.remove(oldest.getKey());
    }
  }

  /// Drops those that no answer is old enough for.
  synchronized void dropBefore(Instant oldest) {
    times.values().removeIf(time -> time.isBefore(oldest));
  }

  /// Whether something was forgotten since it was asked, in its own address or domain.
  boolean covers(AnswerKey key, Instant asked) {
    return asked.isBefore(of(key.recipient()));
  }

  /// The part of what is known that a question may be answered by.
  public Knowledge over(Knowledge known, Question question) {
    if (times.isEmpty() && ofAll.equals(Instant.EPOCH)) {
      return known;
    }
    Instant from =
        later(of(question.named()), later(of(question.address()), of(question.recipient())));
    return from.equals(Instant.EPOCH) ? known : new Since(known, from);
  }

  private Instant of(ForwardPath address) {
    return later(
        ofAll,
        later(
            times.getOrDefault(new Subject.Address(address), Instant.EPOCH),
            times.getOrDefault(new Subject.Domain(address.domain()), Instant.EPOCH)));
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private record Since(Knowledge known, Instant from) implements Knowledge {
    @Override
    public Optional<Answer> answer(AnswerKey key) {
      return known.answer(key).filter(answer -> !answer.at().isBefore(from));
    }

    @Override
    public Optional<HostRefusal> host(HostKey key) {
      return known.host(key).filter(refusal -> !refusal.at().isBefore(from));
    }

    @Override
    public boolean acceptsAll(String destination, DomainName domain) {
      return known.acceptsAll(destination, domain);
    }
  }
}
