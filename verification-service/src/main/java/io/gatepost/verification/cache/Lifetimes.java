package io.gatepost.verification.cache;

import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.HostRefusal;
import java.time.Duration;

/// How long answers of next hops are remembered.
///
/// @param accepted an address that is good; it is asked about again after half of it
/// @param refused an address that is bad
/// @param deferred a 4xx
/// @param host a 5xx of a host that was not about an address
public record Lifetimes(Duration accepted, Duration refused, Duration deferred, Duration host) {

  Duration of(Answer.Kind kind) {
    return switch (kind) {
      case ACCEPTED -> accepted;
      case REFUSED -> refused;
      case DEFERRED -> deferred;
    };
  }

  Duration of(HostRefusal refusal) {
    return refusal.reply().code().isPermanent() ? host : deferred;
  }
}
