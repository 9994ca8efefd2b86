package io.gatepost.edge.inquiry;

import io.gatepost.edge.dnslist.ListVerdict;
import reactor.core.publisher.Mono;

/// The lists' verdict on one client.
public interface ListedClient {

  /// A client that the lists are not asked about.
  ListedClient NOT_ASKED = () -> Settled.CLEAR;

  /// The verdict, never an error: a [Mono#just] where it is known, else within the time-out of the
  /// lists, counted from when the client connected.
  Mono<ListVerdict> verdict();

  /// Verdicts that are known.
  final class Settled {

    /// Nothing against a client.
    static final Mono<ListVerdict> CLEAR = Mono.just(ListVerdict.CLEAR);

    private Settled() {}
  }
}
