package io.gatepost.system.power.disk;

import io.gatepost.system.power.disk.DiskException.Error;
import io.gatepost.testkit.peer.Missing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/// A file system whose power can be cut. From that moment on every operation fails, an `fsync` too,
/// so nothing that is confirmed later can rest on it. When the power is back it holds what was
/// synced, and of the rest what [Loss] says.
///
/// It is in the memory of this process, and needs `/dev/fuse` and the right to mount.
public final class FaultyDisk implements AutoCloseable {

  private static final Path DEVICE = Path.of("/dev/fuse");

  private final Path at;
  private final VolatileDisk disk = new VolatileDisk();
  private FuseMount mount;
  private CountDownLatch off = new CountDownLatch(1);
  private long syncs;
  private long lastSync = Long.MAX_VALUE;

  private FaultyDisk(Path at) throws IOException {
    this.at = at;
    this.mount = FuseMount.mount(at, disk, this::pass);
  }

  /// Mounts an empty disk on a directory.
  public static FaultyDisk mount(Path at) throws IOException {
    return new FaultyDisk(at.toRealPath());
  }

  /// Ends the test where there can be none, see [Missing].
  public static void require() {
    whyMissing()
        .ifPresent(why -> {
          throw Missing.of("no faulty disk: " + why);
        });
  }

  private static Optional<String> whyMissing() {
    if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
      return Optional.of(DEVICE + " cannot be used");
    }
    try {
      Path trial = Files.createTempDirectory("faulty-disk");
      try (FaultyDisk _ = mount(trial)) {
        return Optional.empty();
      } finally {
        Files.delete(trial);
      }
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  /// Cuts the power now.
  public synchronized void cutPower() {
    off.countDown();
  }

  /// Cuts the power in place of the sync of this number, counted from 1 since the power is on.
  public synchronized void cutPowerAtSync(long number) {
    lastSync = number - 1;
  }

  /// Is open when the power is cut.
  public synchronized CountDownLatch off() {
    return off;
  }

  /// Files and directories synced since the power is on; an `msync` counts as one.
  public synchronized long syncs() {
    return syncs;
  }

  /// Makes durable what a test has prepared.
  public synchronized void syncAll() {
    disk.syncAll();
  }

  /// Turns the power on again after a cut. Whoever used the disk must have ended.
  ///
  /// @param seed for [Loss#TORN]
  public PowerCut restore(Loss loss, long seed) {
    cutPower();
    mount.close();
    synchronized (this) {
      PowerCut cut = disk.powerCut(loss, new SplittableRandom(seed));
      off = new CountDownLatch(1);
      syncs = 0;
      lastSync = Long.MAX_VALUE;
      try {
        mount = FuseMount.mount(at, disk, this::pass);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return cut;
    }
  }

  @Override
  public void close() {
    mount.close();
  }

  private synchronized void pass(Opcode opcode, FuseMount.Request request) throws DiskException {
    if (isSync(opcode) && syncs == lastSync) {
      off.countDown();
    }
    if (off.getCount() == 0 && opcode.isChange()) {
      throw new DiskException(Error.IO);
    }
    request.run();
    if (isSync(opcode)) {
      syncs++;
    }
  }

  private static boolean isSync(Opcode opcode) {
    return opcode == Opcode.FSYNC || opcode == Opcode.FSYNCDIR;
  }
}
