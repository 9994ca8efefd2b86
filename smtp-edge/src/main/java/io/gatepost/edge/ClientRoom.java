package io.gatepost.edge;

import java.lang.management.ManagementFactory;

/// For how many clients this process has room, and for how much that they bring.
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

  /// Of all files, for messages on their way to the content store. Half of the connections that
  /// there may be to a queue-service in another process, so that what is small does not wait.
  private static final int UPLOADS_PART = 16;

  private static final int LEAST_UPLOADS = 16;
  private static final int MOST_UPLOADS = 2048;

  /// Of heap, all recipients in open transactions together, but for the first ones of each.
  private static final int RECIPIENTS_PART = 8;

  /// One recipient, with its addresses and parameters.
  private static final int OCTETS_PER_RECIPIENT = 512;

  private ClientRoom() {}

  /// How many may be connected at a time, by the files that it may have open and by its heap.
  static int clients() {
    return clients(files(), Runtime.getRuntime().maxMemory());
  }

  /// How many messages may be on their way to the content store at a time.
  static int uploads() {
    return (int) Math.clamp(files() / UPLOADS_PART, LEAST_UPLOADS, MOST_UPLOADS);
  }

  /// How many recipients all open transactions may hold, but for the first ones of each.
  static int recipients() {
    long octets = Runtime.getRuntime().maxMemory() / RECIPIENTS_PART;
    return (int) Math.min(octets / OCTETS_PER_RECIPIENT, Integer.MAX_VALUE);
  }

  private static long files() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : USUAL_FILES;
  }

  static int clients(long files, long heapOctets) {
    long byFiles = files - files / OTHER_PART - OTHER_FILES;
    return (int)
        Math.clamp(Math.min(byFiles, heapOctets / OCTETS_PER_CLIENT), LEAST, Integer.MAX_VALUE);
  }
}
