package io.gatepost.delivery.early;

import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.routing.Destination;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// Whether mail can be delivered while its client waits, as its destinations stand. Safe for all
/// threads.
public final class NextHops {

  private final Function<Destination.Smtp, Optional<Why>> hosts;
  private final Supplier<Optional<Why>> mailboxes;
  private final SlowDestinations slow;

  /// @param hosts why mail for a host would have to wait
  /// @param mailboxes why mail for mailboxes would
  public NextHops(
      Function<Destination.Smtp, Optional<Why>> hosts,
      Supplier<Optional<Why>> mailboxes,
      SlowDestinations slow) {
    this.hosts = hosts;
    this.mailboxes = mailboxes;
    this.slow = slow;
  }

  /// Why a message for these goes to the queue; empty where it is attempted now.
  Optional<Why> against(Collection<Destination> destinations) {
    List<String> named = new ArrayList<>(destinations.size());
    for (Destination destination : destinations) {
      Optional<Why> why =
          switch (destination) {
            case Destination.Smtp host -> hosts.apply(host);
            case Destination.Mailbox _ -> mailboxes.get();
            case Destination.Discard _ -> Optional.empty();
          };
      if (why.isPresent()) {
        return why;
      }
      if (destination instanceof Destination.Smtp) {
        named.add(destination.name());
      }
    }
    return slow.mayTry(named) ? Optional.empty() : Optional.of(Why.SLOW);
  }

  /// An attempt has ended while its client waited.
  void inTime(Collection<Destination> destinations) {
    for (Destination destination : destinations) {
      slow.inTime(destination.name());
    }
  }

  /// These have kept an attempt from that. Mailboxes are on one disk: that tells of itself.
  void late(Collection<Destination> destinations) {
    destinations.stream()
        .filter(Destination.Smtp.class::isInstance)
        .forEach(host -> slow.late(host.name()));
  }

  /// Forgets what is of no use any more; to be called now and then.
  void forget() {
    slow.forget();
  }

  /// The states of destinations, with those that are slow: such a one may have no connection now.
  ///
  /// @param most that are listed
  public List<DestinationState> states(List<DestinationState> states, int most) {
    Set<String> left = new HashSet<>(slow.names());
    List<DestinationState> all = new ArrayList<>(states.size());
    for (DestinationState state : states) {
      all.add(left.remove(state.name()) ? state.asSlow() : state);
    }
    left.stream()
        .sorted()
        .limit(Math.max(0, most - all.size()))
        .forEach(name -> all.add(DestinationState.unused(name).asSlow()));
    return all;
  }
}
