package io.gatepost.verification.probe;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.verification.callout.AnswerKey;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// The senders that an address may be asked about with, where its refusal of the null reverse-path
/// may not be about the address. An answer to one sender serves no other, so that a crowd of
/// made-up senders would be as many questions. Only refused senders count: those that the host
/// accepts show that the questions are worth it.
final class SenderBudget {

  /// Refused senders of one address within [#WINDOW].
  static final int MAX_REFUSED = 10;

  static final Duration WINDOW = Duration.ofMinutes(10);

  /// Beyond it the addresses that are used least begin again.
  private static final int MAX_ADDRESSES = 20_000;

  private record Address(String destination, ForwardPath recipient) {}

  private final Cache<Address, AtomicInteger> refused;

  SenderBudget(Ticker ticker) {
    this.refused =
        Caffeine.newBuilder()
            .maximumSize(MAX_ADDRESSES)
            .expireAfterWrite(WINDOW) // of the first question
            .ticker(ticker)
            .build();
  }

  /// Takes the place of one sender; returns whether there was one.
  boolean take(AnswerKey key) {
    AtomicInteger taken = refused.get(address(key), _ -> new AtomicInteger());
    return taken.getAndUpdate(count -> Math.min(count + 1, MAX_REFUSED)) < MAX_REFUSED;
  }

  /// Gives a place back: the sender was not refused.
  void giveBack(AnswerKey key) {
    AtomicInteger taken = refused.getIfPresent(address(key));
    if (taken != null) {
      taken.getAndUpdate(count -> Math.max(count - 1, 0));
    }
  }

  private static Address address(AnswerKey key) {
    return new Address(key.destination(), key.recipient());
  }
}
