package io.gatepost.edge;

import java.lang.management.ManagementFactory;

/// The capacity of a process for clients and for what they send, by the files that it may have open
/// and by its heap. All that clients can make it hold is two thirds of the heap at most, however
/// many they are and whatever they send.
///
/// @param files that may be open
/// @param heap in octets
record ProcessCapacity(long files, long heap) {

  /// Kept for all that is no client: the log, the content store, deliveries. So many, and an eighth
  /// of all.
  private static final int OTHER_FILES = 500;

  private static final int OTHER_PART = 8;

  /// Where the system does not say.
  private static final int USUAL_FILES = 1024;

  /// Of heap, all connections.
  private static final int CLIENTS_PART = 4;

  /// Of heap: a connection that waits takes a sixth of it. The rest is for the sender and the first
  /// recipient of a transaction (2 KiB), a command that is not complete (2 KiB) and the beginning
  /// of a message (4 KiB), and for objects. Replies that are not taken, 4 KiB, are outside the
  /// heap.
  private static final int OCTETS_PER_CLIENT = 12 * 1024;

  private static final int LEAST = 100;

  /// Of heap, what connections in TLS take besides.
  private static final int TLS_PART = 8;

  /// Keys, ciphers and buffers of one of them, in the heap. A record that is not complete, up to 16
  /// KiB, is outside.
  private static final int OCTETS_PER_TLS = 32 * 1024;

  /// Of all files, for messages on their way to the content store. Half of the connections that
  /// there may be to a queue-service in another process, so that what is small does not wait.
  private static final int UPLOADS_PART = 16;

  private static final int LEAST_UPLOADS = 16;
  private static final int MOST_UPLOADS = 2048;

  /// Of heap, all recipients in open transactions together, but for the first one of each.
  private static final int RECIPIENTS_PART = 16;

  /// Of heap, octets that came and are not used yet, but for the least that each client may have.
  private static final int INPUT_PART = 32;

  /// Of heap, what is known of clients by the DNS.
  private static final int KNOWN_PART = 64;

  /// Of one client: the verdict of the lists with their words, and its name.
  private static final int OCTETS_PER_KNOWN = 1024;

  private static final int MOST_KNOWN = 100_000;

  /// Of heap, counts of strangers' unknown users, and bans.
  private static final int COUNTED_PART = 64;

  /// Of one client: its count and its ban.
  private static final int OCTETS_PER_COUNTED = 320;

  private static final int MOST_COUNTED = 100_000;

  /// Of heap, content of messages in reception.
  private static final int CONTENT_PART = 6;

  /// The capacity of this process.
  static ProcessCapacity here() {
    long files =
        ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.UnixOperatingSystemMXBean unix
            ? unix.getMaxFileDescriptorCount()
            : USUAL_FILES;
    return new ProcessCapacity(files, Runtime.getRuntime().maxMemory());
  }

  /// How many may be connected at a time.
  int clients() {
    long byFiles = files - files / OTHER_PART - OTHER_FILES;
    long byHeap = heap / CLIENTS_PART / OCTETS_PER_CLIENT;
    return (int) Math.clamp(Math.min(byFiles, byHeap), LEAST, Integer.MAX_VALUE);
  }

  /// How many of them in TLS.
  long inTls() {
    return Math.max(LEAST, heap / TLS_PART / OCTETS_PER_TLS);
  }

  /// How many messages may be on their way to the content store at a time.
  int uploads() {
    return (int) Math.clamp(files / UPLOADS_PART, LEAST_UPLOADS, MOST_UPLOADS);
  }

  /// How many octets the recipients of all open transactions may take, but for the first one of
  /// each.
  long recipients() {
    return heap / RECIPIENTS_PART;
  }

  /// How many octets of input may wait, beyond the least that each client may have.
  long input() {
    return heap / INPUT_PART;
  }

  /// Of how many clients the answers of the DNS are kept.
  int knownClients() {
    return (int) Math.clamp(heap / KNOWN_PART / OCTETS_PER_KNOWN, LEAST, MOST_KNOWN);
  }

  /// Of how many clients unknown users are counted, and how many may be banned.
  int countedClients() {
    return (int) Math.clamp(heap / COUNTED_PART / OCTETS_PER_COUNTED, LEAST, MOST_COUNTED);
  }

  /// How many octets of content there may be in reception at most, whatever the settings say.
  long content() {
    return heap / CONTENT_PART;
  }
}
