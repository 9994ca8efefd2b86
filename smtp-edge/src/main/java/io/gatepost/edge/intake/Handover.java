package io.gatepost.edge.intake;

import reactor.core.publisher.Mono;

/// The way of one message to whoever answers for it, while its client waits.
public interface Handover {

  /// Begins it. To be subscribed to once, and not to be cancelled: from here on the message may be
  /// ours whatever the client does. Never fails: trouble is a 4xx verdict.
  Mono<Accepted> begin();

  /// The client has gone. What [#begin] comes to is told as ever.
  void clientHasGone();

  /// The client is to have its reply as soon as it can be known.
  void hurry();

  /// A way that goes to its end whatever happens.
  static Handover straight(Mono<Accepted> way) {
    return new Handover() {
      @Override
      public Mono<Accepted> begin() {
        return way;
      }

      @Override
      public void clientHasGone() {}

      @Override
      public void hurry() {}
    };
  }
}
