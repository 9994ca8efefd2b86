package io.gatepost.verification.probe;

import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.gate.Priority;

/// Purpose of a question to a next hop.
public enum Purpose {
  /// Recipients of clients that may send there.
  RECIPIENTS {
    @Override
    Priority priority(RouteRequest request) {
      return request.scope() == Scope.ANYWHERE ? Priority.HIGH : Priority.NORMAL;
    }
  },

  /// Senders of strangers. They come behind every recipient, as mail does not depend on them.
  SENDERS {
    @Override
    Priority priority(RouteRequest request) {
      return Priority.LOW;
    }
  };

  /// Returns the line in which a question waits.
  abstract Priority priority(RouteRequest request);
}
