package io.gatepost.verification.callout;

import io.gatepost.contract.address.DomainName;
import java.util.Optional;

/// What is known of next hops and has not outlived its time.
public interface Knowledge {

  Optional<Answer> answer(AnswerKey key);

  Optional<HostRefusal> host(HostKey key);

  /// Whether a destination has accepted an address of a domain that nobody has.
  boolean acceptsAll(String destination, DomainName domain);
}
