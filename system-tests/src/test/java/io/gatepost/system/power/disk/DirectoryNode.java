package io.gatepost.system.power.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// A directory: its entries as processes see them, as the disk has them, and the changes between.
final class DirectoryNode extends Node {

  static final int TYPE = 0x4000;
  private static final long SIZE = 4096;

  /// A name gets another meaning, or none. What is renamed within one directory is one change.
  private record Change(List<Entry> entries) {}

  private record Entry(String name, Optional<Node> node) {}

  private Map<String, Node> entries = new TreeMap<>();
  private Map<String, Node> durable = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();

  DirectoryNode(long id, int mode, int user, int group) {
    super(id, TYPE | mode, user, group);
  }

  /// Entries by name, as they are now.
  Map<String, Node> entries() {
    return entries;
  }

  Optional<Node> find(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  void put(String name, Node node) {
    change(new Change(List.of(new Entry(name, Optional.of(node)))));
  }

  void remove(String name) {
    change(new Change(List.of(new Entry(name, Optional.empty()))));
  }

  /// Renames in one step.
  void rename(String from, String to, Node node) {
    change(
        new Change(List.of(new Entry(from, Optional.empty()), new Entry(to, Optional.of(node)))));
  }

  @Override
  long size() {
    return SIZE;
  }

  @Override
  void sync() {
    durable = new TreeMap<>(entries);
    changes.clear();
  }

  @Override
  boolean isUnsynced() {
    return !changes.isEmpty();
  }

  /// Names whose meaning is not synced.
  List<String> unsyncedNames() {
    return changes.stream()
        .flatMap(change -> change.entries().stream())
        .map(Entry::name)
        .distinct()
        .toList();
  }

  @Override
  void lose(Loss loss, RandomGenerator random) {
    int kept =
        switch (loss) {
          case DROPPED -> 0;
          case ZEROED -> changes.size();
          case TORN -> random.nextInt(changes.size() + 1);
        };
    entries = new TreeMap<>(durable);
    changes.subList(0, kept).forEach(change -> apply(change, entries));
    sync();
  }

  private void change(Change change) {
    apply(change, entries);
    changes.add(change);
  }

  private static void apply(Change change, Map<String, Node> to) {
    for (Entry entry : change.entries()) {
      entry
          .node()
          .ifPresentOrElse(node -> to.put(entry.name(), node), () -> to.remove(entry.name()));
    }
  }
}
