package io.gatepost.routing.lookup;

import java.util.Optional;

/// The keys of a table with the places where they stand as their values, so that [LookupOrder]
/// finds the entry that decides, for people. A view: the table is closed by its owner.
public record Places(Entries<?> table) implements Entries<String> {

  @Override
  public Optional<String> find(String key) {
    return table.find(key).map(_ -> table.place(key));
  }

  @Override
  public String place(String key) {
    return table.place(key);
  }

  @Override
  public Optional<String> firstKey() {
    return table.firstKey();
  }

  @Override
  public KeyIndex index() {
    return table.index();
  }

  @Override
  public void close() {
    // its owner's
  }
}
