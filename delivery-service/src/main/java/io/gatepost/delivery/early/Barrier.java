package io.gatepost.delivery.early;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.routing.Destination;
import io.gatepost.delivery.transport.Transport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Which recipients of an attempt are answered for, and the transactions that wait for all of them.
/// Belongs to one lock.
final class Barrier {

  private final List<Waiting> waiting = new ArrayList<>(1);
  private final Set<Key> ended = new HashSet<>();
  private int expected = Integer.MAX_VALUE;

  /// A recipient at a destination, under the name that it has there.
  private record Key(String destination, ForwardPath address) {
    static Key of(Destination destination, Recipient recipient) {
      return new Key(destination.name(), recipient.address());
    }
  }

  /// A transaction that waits.
  private record Waiting(Transport.Prepared part, Set<Key> about) {}

  /// Takes the number of recipients at destinations.
  void expect(int recipients) {
    expected = recipients;
  }

  /// A transaction waits. One that is prepared again, as its connection was lost, takes the place
  /// of the one before.
  void prepared(Destination destination, Transport.Prepared part) {
    waiting.add(
        new Waiting(
            part,
            part.recipients().stream()
                .map(each -> Key.of(destination, each))
                .collect(Collectors.toSet())));
  }

  /// Recipients at a destination have their outcomes.
  void ended(Destination destination, List<RecipientOutcome> outcomes) {
    outcomes.forEach(each -> ended.add(Key.of(destination, each.recipient())));
  }

  /// Whether all recipients are answered for, and a transaction waits.
  boolean isReached() {
    dropVoid();
    Set<Key> answered = new HashSet<>(ended);
    waiting.forEach(each -> answered.addAll(each.about()));
    return !waiting.isEmpty() && answered.size() >= expected;
  }

  /// Whether all recipients at destinations have their outcomes.
  boolean isPassed() {
    return ended.size() >= expected;
  }

  /// Those that nothing has been heard of, or, where there are none, not all that is needed: the
  /// others wait for them.
  ///
  /// @param isGoing whether the transactions have gone on, and their ends are needed
  List<Destination> silent(List<Destination> destinations, boolean isGoing) {
    Set<String> heard = new HashSet<>();
    ended.forEach(each -> heard.add(each.destination()));
    if (!isGoing) {
      dropVoid();
      waiting.forEach(each -> each.about().forEach(key -> heard.add(key.destination())));
    }
    List<Destination> silent =
        destinations.stream().filter(each -> !heard.contains(each.name())).toList();
    return silent.isEmpty() ? destinations : silent;
  }

  /// The refusals in transactions that wait.
  List<RecipientOutcome> refused() {
    dropVoid();
    return waiting.stream().flatMap(each -> each.part().refused().stream()).toList();
  }

  /// The transactions that wait: they wait no more.
  List<Transport.Prepared> release() {
    List<Transport.Prepared> parts = waiting.stream().map(Waiting::part).toList();
    waiting.clear();
    return parts;
  }

  private void dropVoid() {
    waiting.removeIf(each -> !each.part().isStanding());
  }
}
