package io.gatepost.verification.callout;

import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The answer of a next hop to RCPT.
///
/// @param reply its own words, abridged to [#MAX_TEXT] characters
/// @param hop who said it; empty where that is not known
/// @param at when it was asked for, so that what changes at the host meanwhile comes later
public record Answer(Reply reply, Optional<NextHop> hop, Instant at) {

  /// Characters of a reply that are kept.
  public static final int MAX_TEXT = 512;

  /// How an answer is used and for how long.
  public enum Kind {
    /// 2xx.
    ACCEPTED,
    /// 5xx.
    REFUSED,
    /// Anything else: it says nothing about the recipient.
    DEFERRED
  }

  public Answer {
    reply = reply.abridged(MAX_TEXT);
  }

  /// Returns its kind.
  public Kind kind() {
    if (reply.code().isCompletion()) {
      return Kind.ACCEPTED;
    }
    return reply.code().isPermanent() ? Kind.REFUSED : Kind.DEFERRED;
  }

  /// Returns how old it is; never below zero, as the clock may have been set back.
  public Duration age(Instant now) {
    Duration age = Duration.between(at, now);
    return age.isNegative() ? Duration.ZERO : age;
  }

  /// Whether a refusal is about the address (RFC 3463 §3.2) and so holds for every sender.
  public boolean isOfAddress() {
    return reply.status().statusClass() == 5 && reply.status().subject() == 1;
  }
}
