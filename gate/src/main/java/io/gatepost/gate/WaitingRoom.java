package io.gatepost.gate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The order of those who wait: a line for each priority, in a line the parties take turns, and
/// those of one party come in their order. A line that has been passed over for
/// [GateLimits#patience()] slots has the next one. All operations take constant time; the gate's
/// lock guards them.
final class WaitingRoom<T> {

  private final GateLimits limits;
  private final List<Line<T>> lines = Stream.of(Priority.values()).map(_ -> new Line<T>()).toList();

  WaitingRoom(GateLimits limits) {
    this.limits = limits;
  }

  /// A place that is taken, in the list of its party.
  static final class Place<T> {
    private final T guest;
    private final Line<T> line;
    private final Party<T> party;
    private @Nullable Place<T> before;
    private @Nullable Place<T> after;

    private Place(T guest, Line<T> line, Party<T> party) {
      this.guest = guest;
      this.line = line;
      this.party = party;
    }

    T guest() {
      return guest;
    }
  }

  private static final class Party<T> {
    private final Object name;
    private @Nullable Place<T> first;
    private @Nullable Place<T> last;
    private int size;

    Party(Object name) {
      this.name = name;
    }

    void add(Place<T> place) {
      place.before = last;
      if (last == null) {
        first = place;
      } else {
        last.after = place;
      }
      last = place;
      size++;
    }

    void remove(Place<T> place) {
      if (place.before == null) {
        first = place.after;
      } else {
        place.before.after = place.after;
      }
      if (place.after == null) {
        last = place.before;
      } else {
        place.after.before = place.before;
      }
      size--;
    }
  }

  /// The parties that wait, in the order in which they are served.
  private static final class Line<T> {
    private final Map<Object, Party<T>> parties = new LinkedHashMap<>();
    private int size;

    /// Slots that went to other lines since this one, which waits, had one.
    private int passed;
  }

  /// Takes a place; null where none is left.
  @Nullable Place<T> enter(T guest, Priority priority, Object name) {
    Line<T> line = lines.get(priority.ordinal());
    Party<T> party = line.parties.get(name);
    if (line.size >= limits.places() || (party == null ? 0 : party.size) >= limits.share()) {
      return null;
    }
    if (party == null) {
      party = new Party<>(name);
      line.parties.put(name, party);
    }
    Place<T> place = new Place<>(guest, line, party);
    party.add(place);
    line.size++;
    return place;
  }

  /// Gives a place up. It must be taken.
  void leave(Place<T> place) {
    remove(place);
    if (place.party.size == 0) {
      place.line.parties.remove(place.party.name);
    }
  }

  /// Takes out whose turn it is; null where nobody waits.
  @Nullable Place<T> next() {
    Line<T> line = choose();
    if (line == null) {
      return null;
    }
    Party<T> party = line.parties.values().iterator().next();
    line.parties.remove(party.name);
    Place<T> place = party.first;
    if (place == null) {
      throw new IllegalStateException("a party in line without a call");
    }
    for (Line<T> other : lines) {
      if (other != line && other.size > 0) {
        other.passed++;
      }
    }
    line.passed = 0;
    remove(place);
    if (party.size > 0) {
      line.parties.put(party.name, party); // behind the others
    }
    return place;
  }

  /// The line that has been passed over for longest, if for too long; else the highest.
  private @Nullable Line<T> choose() {
    Line<T> chosen = null;
    int most = 0;
    for (Line<T> line : lines) {
      int overdue = line.passed >= limits.patience() ? line.passed : 0;
      if (line.size > 0 && (chosen == null || overdue > most)) {
        chosen = line;
        most = overdue;
      }
    }
    return chosen;
  }

  private void remove(Place<T> place) {
    place.party.remove(place);
    Line<T> line = place.line;
    line.size--;
    if (line.size == 0) {
      line.passed = 0;
    }
  }
}
