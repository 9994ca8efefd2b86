package io.gatepost.edge.inquiry;

import org.jspecify.annotations.Nullable;

/// The question for the name of one address, and its answer. Clients from there share it while it
/// holds.
final class NameInquiry implements NamedClient {

  private volatile @Nullable Found found;
  private volatile long until;

  /// @param until when its answer is there at the latest
  NameInquiry(long until) {
    this.until = until;
  }

  @Override
  public @Nullable Found found() {
    return found;
  }

  boolean holds(long now) {
    return until - now > 0;
  }

  void settle(Found answer, long holdsUntil) {
    until = holdsUntil;
    found = answer;
  }
}
