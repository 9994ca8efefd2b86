package io.gatepost.system.power.disk;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A file: what processes see of it, and what the disk has.
final class FileNode extends Node {

  static final int TYPE = 0x8000;
  static final int PAGE = 4096;

  /// Pages that were never written are zeros and take no room.
  private Map<Long, byte[]> pages = new HashMap<>();

  private long size;
  private final Map<Long, byte[]> durablePages = new HashMap<>();
  private long durableSize;

  /// Pages that differ, or may differ, from the durable ones.
  private final Set<Long> dirty = new HashSet<>();

  FileNode(long id, int mode, int user, int group) {
    super(id, TYPE | mode, user, group);
  }

  @Override
  long size() {
    return size;
  }

  /// Copies octets from a position on, up to the end of the file or of the buffer.
  void read(long position, int length, ByteBuffer into) {
    long at = position;
    long end = Math.min(size, position + length);
    while (at < end) {
      int offset = (int) (at % PAGE);
      int count = (int) Math.min(PAGE - offset, end - at);
      byte[] page = pages.get(at / PAGE);
      if (page == null) {
        into.put(new byte[count]);
      } else {
        into.put(page, offset, count);
      }
      at += count;
    }
  }

  /// Writes what remains in the buffer.
  void write(long position, ByteBuffer from) {
    long at = position;
    while (from.hasRemaining()) {
      int offset = (int) (at % PAGE);
      int count = Math.min(PAGE - offset, from.remaining());
      long number = at / PAGE;
      from.get(pages.computeIfAbsent(number, any -> new byte[PAGE]), offset, count);
      dirty.add(number);
      at += count;
    }
    size = Math.max(size, at);
  }

  /// Cuts, or extends by zeros.
  void resize(long to) {
    if (to < size) {
      long kept = (to + PAGE - 1) / PAGE;
      pages.keySet().stream().filter(number -> number >= kept).forEach(dirty::add);
      pages.keySet().removeIf(number -> number >= kept);
      byte[] last = pages.get(to / PAGE);
      if (last != null) {
        Arrays.fill(last, (int) (to % PAGE), PAGE, (byte) 0);
        dirty.add(to / PAGE);
      }
    }
    size = to;
  }

  @Override
  void sync() {
    for (long number : dirty) {
      put(durablePages, number, pages.get(number));
    }
    dirty.clear();
    durableSize = size;
  }

  @Override
  boolean isUnsynced() {
    return size != durableSize || !dirty.isEmpty();
  }

  @Override
  void lose(Loss loss, RandomGenerator random) {
    Map<Long, byte[]> left = new HashMap<>();
    durablePages.forEach((number, page) -> put(left, number, page));
    long leftSize =
        switch (loss) {
          case DROPPED -> durableSize;
          case ZEROED -> size;
          case TORN ->
              Math.min(size, durableSize) + random.nextLong(Math.abs(size - durableSize) + 1);
        };
    if (loss == Loss.TORN) {
      dirty.stream()
          .filter(number -> random.nextBoolean())
          .forEach(number -> put(left, number, pages.get(number)));
    }
    pages = left;
    size = Math.max(leftSize, durableSize);
    resize(leftSize); // nothing may shine through when the file grows again
    sync();
  }

  private static void put(Map<Long, byte[]> pages, long number, byte @Nullable [] page) {
    if (page == null) {
      pages.remove(number);
    } else {
      pages.put(number, page.clone());
    }
  }
}
