package io.gatepost.verification.callout;

import io.gatepost.contract.address.DomainName;
import java.util.Optional;

/// Knowledge of next hops that has not outlived its time.
public interface Knowledge {

  Optional<Answer> answer(AnswerKey key);

  Optional<HostRefusal> host(HostKey key);

  /// Whether a destination has accepted an address of a domain that nobody has.
  boolean acceptsAll(String destination, DomainName domain);
}
