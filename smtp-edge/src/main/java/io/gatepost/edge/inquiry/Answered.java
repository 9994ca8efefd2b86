package io.gatepost.edge.inquiry;

import io.gatepost.edge.dnslist.ZoneAnswer;

/// An answer of a zone, and until when it holds.
///
/// @param until by the monotonic clock, in nanoseconds
record Answered(ZoneAnswer answer, long until) {

  boolean holds(long now) {
    return until - now > 0;
  }
}
