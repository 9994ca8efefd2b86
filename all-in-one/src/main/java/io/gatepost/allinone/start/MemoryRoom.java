package io.gatepost.allinone.start;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Memory of the machine, or of the container, beside that of the suite in one process.
///
/// @param memory octets that there are
/// @param heap octets that the heap may take
public record MemoryRoom(long memory, long heap) {

  private static final Logger log = LoggerFactory.getLogger(MemoryRoom.class);

  /// Octets for code, threads, buffers and the database's processes; measured, see
  /// docs/operations.md.
  static final long BESIDE_THE_HEAP = 320L << 20;

  /// That of this process.
  public static MemoryRoom ofThisProcess() {
    return new MemoryRoom(
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize(),
        Runtime.getRuntime().maxMemory());
  }

  /// Logs a warning where it may not do. A process that the system kills for memory says nothing
  /// itself.
  public void check() {
    warning().ifPresent(log::warn);
  }

  Optional<String> warning() {
    return memory >= heap + BESIDE_THE_HEAP
        ? Optional.empty()
        : Optional.of(
            "memory=%d MB is less than the heap's %d MB and the %d MB beside it: the system may kill this process"
                .formatted(memory >> 20, heap >> 20, BESIDE_THE_HEAP >> 20));
  }
}
