package io.gatepost.queue.content;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// A disk of 10,000 octets on which so many are free as the test says.
public final class FakeDisk {

  private final AtomicLong free = new AtomicLong(1_000);
  private final DiskReserve reserve;

  public FakeDisk(Path ballast, long reserve) {
    this.reserve =
        new DiskReserve(
            new DiskReserve.Disk() {
              @Override
              public long free() {
                return free.get();
              }

              @Override
              public long total() {
                return 10_000;
              }
            },
            ballast,
            reserve);
  }

  public DiskReserve reserve() {
    return reserve;
  }

  /// From now on so many are.
  public void free(long octets) {
    free.set(octets);
    reserve.refresh();
  }
}
