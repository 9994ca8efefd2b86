package io.gatepost.contract.routing;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Routing's answer about an address.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RouteAnswer.Resolved.class, name = "resolved"),
  @JsonSubTypes.Type(value = RouteAnswer.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = RouteAnswer.TryLater.class, name = "try-later")
})
public sealed interface RouteAnswer {

  /// How long the answer holds.
  Validity validity();

  /// The address is good; an alias may have several legs, at least one.
  ///
  /// @param dead members of the alias that are bad for good: they get no copy, the others do
  /// @param undecided members of the alias of which nothing can be told now: they wait, the others
  ///   do not
  /// @param validity how long the answer holds; lasting where a sender of an earlier version does
  ///   not say
  record Resolved(
      List<Leg> legs, List<DeadLeg> dead, List<UndecidedLeg> undecided, Validity validity)
      implements RouteAnswer {
    public Resolved(
        List<Leg> legs,
        List<DeadLeg> dead,
        List<UndecidedLeg> undecided,
        @Nullable Validity validity) {
      if (legs.isEmpty()) {
        throw new IllegalArgumentException("legs: none (expected: at least one)");
      }
      this.legs = List.copyOf(legs);
      this.dead = List.copyOf(dead);
      this.undecided = List.copyOf(undecided);
      this.validity = Validity.orLasting(validity);
    }

    /// An answer that lasts.
    public Resolved(List<Leg> legs, List<DeadLeg> dead, List<UndecidedLeg> undecided) {
      this(legs, dead, undecided, Validity.LASTING);
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
  ///
  /// @param validity how long the answer holds, as of [Resolved]
  record Refused(Reason reason, Reply reply, Validity validity) implements RouteAnswer {
    public Refused(Reason reason, Reply reply, @Nullable Validity validity) {
      this.reason = reason;
      this.reply = reply;
      this.validity = Validity.orLasting(validity);
    }

    /// A refusal that lasts.
    public Refused(Reason reason, Reply reply) {
      this(reason, reply, Validity.LASTING);
    }
  }

  /// Cannot be told now; the reply is a 4xx. Of an alias: none of its members can be told to be
  /// good, and at least one may be.
  record TryLater(Reason reason, Reply reply) implements RouteAnswer {
    @Override
    public Validity validity() {
      return Validity.MOMENTARY;
    }
  }

  /// How long an answer holds.
  enum Validity {
    /// It may be remembered for as long as answers are.
    LASTING,
    /// A user's own rules had a say, and they change at any moment (requirement C20): the next
    /// question is asked again.
    MOMENTARY;

    private static Validity orLasting(@Nullable Validity said) {
      return said == null ? LASTING : said;
    }
  }

  /// One final address and where it is delivered.
  ///
  /// @param as the address that the next hop is given; empty for the final address itself. It is a
  ///   name at that hop only: the message is routed by the final address at every attempt
  record Leg(ForwardPath address, Destination destination, Optional<ForwardPath> as) {

    /// A leg whose next hop is given the address itself.
    public Leg(ForwardPath address, Destination destination) {
      this(address, destination, Optional.empty());
    }

    /// Returns the address that the next hop is given.
    public ForwardPath atNextHop() {
      return as.orElse(address);
    }
  }

  /// One final address that is refused, and why; the reply is a 5xx.
  record DeadLeg(ForwardPath address, Reason reason, Reply reply) {}

  /// One address of which nothing can be told now, and why.
  ///
  /// @param router the name of the one that could not answer; no router before it rewrites the
  ///   address any more, those from it on may
  /// @param reply a 4xx
  record UndecidedLeg(ForwardPath address, String router, Reason reason, Reply reply) {}
}
