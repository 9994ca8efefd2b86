package io.gatepost.rpc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

/// In which order the instances of a service are tried for a call. Those that have just failed come
/// last.
final class InstanceOrder {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final AtomicInteger turn = new AtomicInteger();

  /// Those with the fewest calls under way first; equals take turns.
  List<Instance> byLoad(List<Instance> all) {
    if (all.size() < 2) {
      return all;
    }
    List<Instance> ordered = new ArrayList<>(all);
    Collections.rotate(ordered, Math.floorMod(turn.getAndIncrement(), all.size()));
    // The numbers change while they are sorted by; a sort needs them to stand still.
    record Loaded(Instance instance, boolean failed, int calls) {}
    return ordered.stream()
        .map(each -> new Loaded(each, each.hasJustFailed(), each.outstanding()))
        .sorted(Comparator.comparing(Loaded::failed).thenComparingInt(Loaded::calls))
        .map(Loaded::instance)
        .toList();
  }

  /// By rendezvous hashing: all callers have the same order for a key, and the keys of an instance
  /// that goes are spread over the others, while all other keys stay where they are.
  List<Instance> byKey(List<Instance> all, String key) {
    if (all.size() < 2) {
      return all;
    }
    record Scored(Instance instance, boolean failed, long score) {}
    return all.stream()
        .map(each -> new Scored(each, each.hasJustFailed(), score(each.name(), key)))
        .sorted(
            Comparator.comparing(Scored::failed)
                .thenComparing(Comparator.comparingLong(Scored::score).reversed()))
        .map(Scored::instance)
        .toList();
  }

  /// Groups items by the instance that their keys have first, and keeps their order. Those without
  /// a key form a group of their own.
  <I> List<List<I>> groups(List<Instance> all, List<I> items) {
    Map<String, List<I>> groups = new LinkedHashMap<>();
    for (I item : items) {
      String first = CallKey.of(item).map(key -> byKey(all, key).getFirst().name()).orElse("");
      groups.computeIfAbsent(first, any -> new ArrayList<>()).add(item);
    }
    return List.copyOf(groups.values());
  }

  /// The weight of a key at an instance.
  static long score(String instance, String key) {
    return mixed(hash(key) * GOLDEN ^ mixed(hash(instance)));
  }

  private static long hash(String text) {
    CRC32C crc = new CRC32C();
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    crc.update(octets);
    return crc.getValue() | (long) text.hashCode() << Integer.SIZE;
  }

  /// The finalizer of MurmurHash3: each bit of the argument changes half of the result's.
  private static long mixed(long value) {
    long bits = (value ^ value >>> 33) * 0xFF51AFD7ED558CCDL;
    bits = (bits ^ bits >>> 33) * 0xC4CEB9FE1A85EC53L;
    return bits ^ bits >>> 33;
  }
}
