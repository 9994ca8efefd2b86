package io.gatepost.dns;

import reactor.core.publisher.Mono;

/// The DNS. No thread waits for an answer (requirement C12). Each question has a place in the
/// process's gate and a deadline, which begins when it comes to the gate.
public interface Dns {

  /// Asks for the records of a name. Any trouble is an error: no answer in time, a server that
  /// fails, a name that cannot be asked for, no room at the gate.
  ///
  /// @param name a host name, with or without the dot of the root
  /// @param party on whose behalf it is asked: parties take turns where questions have to wait
  Mono<Answer> ask(String name, RecordType type, Object party);
}
