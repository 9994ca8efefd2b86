package io.gatepost.routing.chain;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer.Validity;
import io.gatepost.contract.routing.RouteRequest;
import java.util.List;
import reactor.core.publisher.Mono;

/// A mailbox user's rules for mail that has come to the mailbox (requirement C17). Answers at once;
/// a script that has to be read first is told as [Filtered.Awaited].
public interface MailboxFilter {

  /// No user says anything.
  MailboxFilter NONE = (_, mailbox) -> new Filtered.Kept(mailbox, List.of());

  Filtered judge(RouteRequest request, Destination.Mailbox mailbox);

  /// Returns how long its answers hold, also those that mail is kept.
  default Validity validity() {
    return Validity.LASTING;
  }

  /// Returns where the answer for a mailbox comes from, for people. Called for explanations only.
  default String source(Destination.Mailbox mailbox) {
    return "the user's script";
  }

  /// Decision on the mail.
  sealed interface Filtered {

    /// It is delivered there.
    ///
    /// @param copies addresses that get it as well
    record Kept(Destination destination, List<ForwardPath> copies) implements Filtered {}

    /// It goes to these addresses instead, at least one.
    record Redirected(List<ForwardPath> addresses) implements Filtered {}

    /// It is refused, with a 5xx.
    record Refused(Reason reason, Reply reply) implements Filtered {}

    /// Memory does not know.
    ///
    /// @param answer another case; never fails, and comes within a time of the filter's
    record Awaited(Mono<Filtered> answer) implements Filtered {}

    /// The answer, for people.
    default String words() {
      return switch (this) {
        case Kept(var destination, var copies) when copies.isEmpty() ->
            "keep in " + destination.name();
        case Kept(var destination, var copies) ->
            "keep in " + destination.name() + ", and copies: " + RouterResult.list(copies);
        case Redirected(var addresses) -> "redirect: " + RouterResult.list(addresses);
        case Refused(var reason, var reply) -> RouterResult.refusal(reason, reply);
        case Awaited _ -> "is being read";
      };
    }
  }
}
