package io.gatepost.delivery.attempt;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.event.RecipientOutcome.Handover;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which destination gets which recipients. One copy goes to an address, however many recipients
/// lead to it; each of them has the outcome of that copy.
final class Shares {

  private final Map<String, Share> byName = new LinkedHashMap<>();

  /// Gives the destination of a leg a recipient. Two answers may name the hosts of one destination
  /// in another order.
  void add(Leg leg, Recipient recipient) {
    Destination destination = leg.destination();
    byName
        .computeIfAbsent(destination.name(), any -> new Share(destination))
        .add(leg.atNextHop(), recipient);
  }

  Collection<Share> all() {
    return byName.values();
  }

  List<Destination> destinations() {
    return all().stream().map(Share::destination).toList();
  }

  /// The outcome of a recipient under the name that it has at the next hop, as its own.
  private static RecipientOutcome toldOf(Recipient own, RecipientOutcome outcome) {
    if (own.equals(outcome.recipient())) {
      return outcome;
    }
    return switch (outcome) {
      case RecipientOutcome.Delivered(var _, var by, var reply, var handover) ->
          new RecipientOutcome.Delivered(own, by, reply, handover);
      case RecipientOutcome.Discarded(var _, var by) -> new RecipientOutcome.Discarded(own, by);
      case RecipientOutcome.Deferred(var _, var reason, var reply) ->
          new RecipientOutcome.Deferred(own, reason, reply);
      case RecipientOutcome.Failed(var _, var reason, var reply) ->
          new RecipientOutcome.Failed(own, reason, reply);
    };
  }

  /// The outcome of one recipient as that of another who has the same address. Where the next hop
  /// answers for notices it knows of one of them only: the others are told of as relayed.
  static RecipientOutcome sameFor(Recipient other, RecipientOutcome outcome) {
    return outcome instanceof RecipientOutcome.Delivered(var _, var by, var reply, var handover)
            && handover == Handover.PASSED_ON
        ? new RecipientOutcome.Delivered(other, by, reply, Handover.RELAYED)
        : toldOf(other, outcome);
  }

  /// A destination's share of a message.
  static final class Share {

    /// The next hop is told what this one wants: a failure there has to be heard of, and by the
    /// name that the sender wrote.
    private static final Comparator<Recipient> BEST_TO_NAME =
        Comparator.comparing(Share::hearsOfFailures).reversed().thenComparing(Recipient::isMember);

    private final Destination destination;

    /// By the address that the next hop is given.
    private final Map<ForwardPath, List<Recipient>> byAddress = new LinkedHashMap<>();

    private Share(Destination destination) {
      this.destination = destination;
    }

    private void add(ForwardPath atNextHop, Recipient recipient) {
      List<Recipient> same = byAddress.computeIfAbsent(atNextHop, any -> new ArrayList<>(1));
      if (!same.contains(recipient)) { // the client has given it twice
        same.add(recipient);
        same.sort(BEST_TO_NAME);
      }
    }

    Destination destination() {
      return destination;
    }

    /// One recipient for each address, under the name that it has at the next hop.
    List<Recipient> recipients() {
      List<Recipient> recipients = new ArrayList<>(byAddress.size());
      byAddress.forEach((address, same) -> recipients.add(same.getFirst().at(address)));
      return recipients;
    }

    /// Returns the outcomes of all who have the addresses of some of [#recipients].
    List<RecipientOutcome> ofAll(List<RecipientOutcome> ended) {
      List<RecipientOutcome> all = new ArrayList<>(ended.size());
      for (RecipientOutcome outcome : ended) {
        List<Recipient> same =
            byAddress.getOrDefault(outcome.recipient().address(), List.of(outcome.recipient()));
        all.add(toldOf(same.getFirst(), outcome));
        for (Recipient other : same.subList(1, same.size())) {
          all.add(sameFor(other, outcome));
        }
      }
      return all;
    }

    private static boolean hearsOfFailures(Recipient recipient) {
      Set<Notify> wanted = recipient.dsn().notifyOn();
      return wanted.isEmpty() || wanted.contains(Notify.FAILURE);
    }
  }
}
