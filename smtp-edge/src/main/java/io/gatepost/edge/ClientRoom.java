package io.gatepost.edge;

import java.lang.management.ManagementFactory;

/// For how many clients this process has room.
final class ClientRoom {

  /// Kept for all that is no client: the log, the content store, deliveries. So many, and an eighth
  /// of all.
  private static final int OTHER_FILES = 500;

  private static final int OTHER_PART = 8;

  /// Where the system does not say.
  private static final int USUAL_FILES = 1024;

  /// Of heap: a session that waits takes a quarter of it, one that sends commands without end and
  /// reads no reply twice as much.
  private static final int OCTETS_PER_CLIENT = 16 * 1024;

  private static final int LEAST = 100;

  private ClientRoom() {}

  /// How many may be connected at a time, by the files that it may have open and by its heap.
  static int clients() {
    long files =
        ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.UnixOperatingSystemMXBean unix
            ? unix.getMaxFileDescriptorCount()
            : USUAL_FILES;
    return clients(files, Runtime.getRuntime().maxMemory());
  }

  static int clients(long files, long heapOctets) {
    long byFiles = files - files / OTHER_PART - OTHER_FILES;
    return (int)
        Math.clamp(Math.min(byFiles, heapOctets / OCTETS_PER_CLIENT), LEAST, Integer.MAX_VALUE);
  }
}
