package io.gatepost.contract.routing;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import java.util.List;

/// What routing says of an address.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RouteAnswer.Resolved.class, name = "resolved"),
  @JsonSubTypes.Type(value = RouteAnswer.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = RouteAnswer.TryLater.class, name = "try-later")
})
public sealed interface RouteAnswer {

  /// The address is good; an alias may have several legs, at least one.
  ///
  /// @param dead members of the alias that are bad for good: they get no copy, the others do
  /// @param undecided members of the alias of which nothing can be told now: they wait, the others
  ///   do not
  record Resolved(List<Leg> legs, List<DeadLeg> dead, List<UndecidedLeg> undecided)
      implements RouteAnswer {
    public Resolved {
      if (legs.isEmpty()) {
        throw new IllegalArgumentException("legs: none (expected: at least one)");
      }
      legs = List.copyOf(legs);
      dead = List.copyOf(dead);
      undecided = List.copyOf(undecided);
    }

    /// All legs are good.
    public Resolved(List<Leg> legs) {
      this(legs, List.of(), List.of());
    }

    /// Whether the address is no alias: it leads to itself and nowhere else.
    public boolean isOnly(ForwardPath address) {
      return legs.size() == 1
          && dead.isEmpty()
          && undecided.isEmpty()
          && legs.getFirst().address().equals(address);
    }
  }

  /// The address is bad for good; the reply is a 5xx and is given to the client unchanged
  /// (requirements C9, S9).
  record Refused(Reason reason, Reply reply) implements RouteAnswer {}

  /// Cannot be told now; the reply is a 4xx. Of an alias: none of its members can be told to be
  /// good, and at least one may be.
  record TryLater(Reason reason, Reply reply) implements RouteAnswer {}

  /// One final address and where it is delivered.
  record Leg(ForwardPath address, Destination destination) {}

  /// One final address that is refused, and why; the reply is a 5xx.
  record DeadLeg(ForwardPath address, Reason reason, Reply reply) {}

  /// One final address of which nothing can be told now, and why; the reply is a 4xx.
  record UndecidedLeg(ForwardPath address, Reason reason, Reply reply) {}
}
