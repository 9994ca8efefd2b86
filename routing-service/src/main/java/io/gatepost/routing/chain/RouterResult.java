package io.gatepost.routing.chain;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import java.util.List;
import java.util.stream.Collectors;

/// A router's result for an address.
public sealed interface RouterResult {

  /// Not mine: ask the next router.
  record NoMatch() implements RouterResult {}

  /// Deliver there.
  record Deliver(Destination destination) implements RouterResult {}

  /// Deliver there, where the address has another name.
  ///
  /// @param address the address that the next hop is given
  record DeliverAs(Destination.Smtp destination, ForwardPath address) implements RouterResult {}

  /// Route these instead, from the start of the chain.
  record Rewrite(List<ForwardPath> addresses) implements RouterResult {}

  /// Memory does not know: somebody has to be asked.
  record Ask(Query query) implements RouterResult {}

  /// Bad for good, with a 5xx.
  record Refuse(Reason reason, Reply reply) implements RouterResult {}

  /// Cannot be told now, with a 4xx.
  record Later(Reason reason, Reply reply) implements RouterResult {}

  /// Addresses that the words of one result name.
  int MAX_SHOWN = 20;

  RouterResult NO_MATCH = new NoMatch();

  /// The result, for people.
  default String words() {
    return switch (this) {
      case NoMatch _ -> "not mine";
      case Deliver(var destination) -> "deliver to " + destination.name();
      case DeliverAs(var destination, var address) ->
          "deliver to " + destination.name() + " as " + address;
      case Rewrite(var addresses) -> "is " + list(addresses);
      case Ask(var query) -> query.words();
      case Refuse(var reason, var reply) -> refusal(reason, reply);
      case Later(var reason, var reply) -> "not now, " + reason.label() + ": " + reply;
    };
  }

  static String refusal(Reason reason, Reply reply) {
    return "refuse, " + reason.label() + ": " + reply;
  }

  /// The first addresses, and how many more there are.
  static String list(List<ForwardPath> addresses) {
    String first =
        addresses.stream()
            .limit(MAX_SHOWN)
            .map(ForwardPath::toString)
            .collect(Collectors.joining(", "));
    int more = addresses.size() - MAX_SHOWN;
    return more > 0 ? first + " and " + more + " more" : first;
  }
}
