package io.gatepost.edge;

import java.lang.management.ManagementFactory;

/// How many files, sockets among them, this process may have open.
final class OpenFiles {

  /// What is kept for all that is no client: the log, the content store, deliveries.
  private static final int RESERVE = 500;

  /// Where the system does not say.
  private static final int USUAL = 1024;

  private OpenFiles() {}

  /// How many clients may be connected at a time.
  static int forClients() {
    long all =
        ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.UnixOperatingSystemMXBean unix
            ? unix.getMaxFileDescriptorCount()
            : USUAL;
    return (int) Math.clamp(all - RESERVE, 100, Integer.MAX_VALUE);
  }
}
