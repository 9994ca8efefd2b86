package io.gatepost.queue.content;

import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the disk from filling up: below the reserve nothing more is accepted, so that what was
/// accepted can still be delivered, recorded and truncated.
public final class DiskReserve {

  private static final Logger log = LoggerFactory.getLogger(DiskReserve.class);
  private static final long DEFAULT_OCTETS = 1L << 30;
  private static final int DEFAULT_PART = 20;
  private static final long MAX_BALLAST_OCTETS = 64L << 20;

  /// Ballast is an eighth of the reserve, and thrown off when only that much is left beside it.
  private static final int BALLAST_PART = 8;

  private final Disk disk;
  private final long reserve;
  private final Ballast ballast;
  private final AtomicBoolean low = new AtomicBoolean();
  private final AtomicBoolean measured = new AtomicBoolean(true);

  /// The disk that is measured.
  interface Disk {
    /// Octets that we may still write.
    long free() throws IOException;

    /// Octets in all.
    long total() throws IOException;
  }

  /// @param data on the disk of the log
  /// @param content on the disk of the content store, which may be another: the one with less room
  ///   counts, as a deferral needs both
  /// @param reserveOctets 0 for 1 GiB, or 5 % of the larger disk where that is more
  public DiskReserve(Path data, Path content, long reserveOctets) {
    this(new TighterOf(diskOf(data), diskOf(content)), data.resolve("ballast"), reserveOctets);
  }

  DiskReserve(Disk disk, Path ballast, long reserveOctets) {
    this.disk = disk;
    this.reserve = reserveOctets > 0 ? reserveOctets : defaultReserve(disk);
    this.ballast = new Ballast(ballast, Math.min(MAX_BALLAST_OCTETS, reserve / BALLAST_PART));
    refresh();
  }

  static long defaultReserve(Disk disk) {
    try {
      return Math.max(DEFAULT_OCTETS, disk.total() / DEFAULT_PART);
    } catch (IOException e) {
      throw new UncheckedIOException("disk cannot be measured", e);
    }
  }

  /// Measures the free space; called on a timer, as every message asks.
  public void refresh() {
    try {
      long free = disk.free();
      boolean nowLow = free < reserve;
      if (!nowLow) {
        ballast.take();
      } else if (free < reserve / BALLAST_PART) {
        ballast.throwOff();
      }
      measured.set(true);
      if (low.getAndSet(nowLow) != nowLow) {
        if (nowLow) {
          log.error("disk low: free={} reserve={}; nothing is accepted", free, reserve);
        } else {
          log.info("disk recovered: free={} reserve={}", free, reserve);
        }
      }
    } catch (IOException e) {
      low.set(true);
      if (measured.getAndSet(false)) {
        log.error("disk cannot be measured; nothing is accepted", e);
      }
    }
  }

  /// Whether nothing may be accepted.
  public boolean isLow() {
    return low.get();
  }

  /// Throws `RESOURCE_EXHAUSTED` below the reserve.
  public void check() {
    if (low.get()) {
      throw new RpcException(
          RpcStatus.RESOURCE_EXHAUSTED,
          "free disk space is below the reserve of " + reserve + " octets");
    }
  }

  /// Octets that are free now.
  public double freeOctets() {
    try {
      return disk.free();
    } catch (IOException e) {
      return Double.NaN; // a gauge without a value
    }
  }

  /// Octets below which nothing is accepted.
  public long reserveOctets() {
    return reserve;
  }

  private static Disk diskOf(Path directory) {
    try {
      Files.createDirectories(directory);
      return new Store(Files.getFileStore(directory));
    } catch (IOException e) {
      throw new UncheckedIOException("disk of " + directory, e);
    }
  }

  private record Store(FileStore store) implements Disk {
    @Override
    public long free() throws IOException {
      return store.getUsableSpace();
    }

    @Override
    public long total() throws IOException {
      return store.getTotalSpace();
    }
  }

  /// Two disks as one.
  record TighterOf(Disk one, Disk other) implements Disk {
    @Override
    public long free() throws IOException {
      return Math.min(one.free(), other.free());
    }

    @Override
    public long total() throws IOException {
      return Math.max(one.total(), other.total());
    }
  }
}
