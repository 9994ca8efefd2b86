package io.gatepost.routing.sieve;

import io.gatepost.contract.address.ForwardPath;
import java.util.List;
import java.util.Optional;

/// Decision on a message that is certain before its content has been seen.
public sealed interface Decision {

  /// It is for the mailbox.
  ///
  /// @param copies addresses that get it as well, whatever the content is
  record Kept(List<ForwardPath> copies) implements Decision {}

  /// Only the content decides what becomes of it: it is kept, and delivery sees to the rest.
  ///
  /// @param copies as of [Kept]
  record Undecided(List<ForwardPath> copies) implements Decision {}

  /// It goes to these addresses, at least one, and not into the mailbox.
  record Redirected(List<ForwardPath> addresses) implements Decision {}

  /// It is thrown away.
  record Discarded() implements Decision {}

  /// It is refused.
  ///
  /// @param words the user's; empty where only the content tells which
  record Refused(Optional<String> words) implements Decision {}
}
