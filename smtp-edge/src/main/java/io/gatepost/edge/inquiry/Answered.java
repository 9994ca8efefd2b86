package io.gatepost.edge.inquiry;

import io.gatepost.edge.dnslist.ZoneAnswer;

/// An answer of a zone, and until when it holds.
///
/// @param until by the monotonic clock, in nanoseconds
record Answered(ZoneAnswer answer, long until) {

  /// No answer yet.
  static final Answered PENDING = new Answered(ZoneAnswer.PENDING, 0);

  boolean isPending() {
    return answer instanceof ZoneAnswer.Pending;
  }

  boolean holds(long now) {
    return !isPending() && until - now > 0;
  }
}
