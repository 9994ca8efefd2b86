package io.gatepost.system.power.disk;

import io.gatepost.system.power.disk.DiskException.Error;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;

/// One mount of the model, and the thread that answers the kernel. What the kernel keeps of it, its
/// page cache included, ends with the mount, as it would with the machine.
final class FuseMount implements AutoCloseable {

  private static final String DEVICE = "/dev/fuse";
  private static final int BUFFER = FuseRequests.MAX_WRITE + 64 * 1024;
  private static final int IN_HEADER = 40;
  private static final int OUT_HEADER = 16;
  private static final Duration IN_USE = Duration.ofSeconds(10);

  private final String at;
  private final int device;
  private final FuseRequests requests;
  private final Gate gate;
  private final Thread thread;

  /// Tests that are broken off leave nothing mounted.
  private final Thread hook;

  /// Is asked before each request; runs it, or refuses it.
  interface Gate {
    void pass(Opcode opcode, Request request) throws DiskException;
  }

  /// A request that waits to be done.
  interface Request {
    void run() throws DiskException;
  }

  private FuseMount(Path at, int device, VolatileDisk disk, Gate gate) {
    this.at = at.toString();
    this.device = device;
    this.requests = new FuseRequests(disk);
    this.gate = gate;
    this.thread = Thread.ofPlatform().name("faulty-disk").daemon().unstarted(this::serve);
    this.hook = new Thread(() -> Libc.unmount(this.at, true));
  }

  static FuseMount mount(Path at, VolatileDisk disk, Gate gate) throws IOException {
    int device = Libc.open(DEVICE);
    FuseMount mount = new FuseMount(at, device, disk, gate);
    try {
      Libc.mountFuse(mount.at, device);
    } catch (IOException e) {
      Libc.close(device);
      throw e;
    }
    mount.thread.start();
    Runtime.getRuntime().addShutdownHook(mount.hook);
    return mount;
  }

  /// Ends it; returns when the kernel has let go of everything. Whoever is still using it has a few
  /// seconds to end.
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    long deadline = System.nanoTime() + IN_USE.toNanos();
    int error = Libc.unmount(at, false);
    while (error == Libc.EBUSY && System.nanoTime() - deadline < 0) {
      pause();
      error = Libc.unmount(at, false);
    }
    if (error != 0) {
      int lazily = Libc.unmount(at, true);
      Libc.close(device);
      throw new IllegalStateException(
          at + " is still in use: errno " + error + ", detached with " + lazily);
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Libc.close(device);
  }

  private void serve() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(BUFFER, 8);
      MemorySegment reply = arena.allocate(BUFFER, 8);
      ByteBuffer in = request.asByteBuffer().order(ByteOrder.nativeOrder());
      ByteBuffer out = reply.asByteBuffer().order(ByteOrder.nativeOrder());
      long count = Libc.read(device, request);
      while (count != -Libc.ENODEV) {
        if (count > 0) {
          in.clear().limit((int) count);
          answer(in, out, reply);
        } else if (count != -Libc.EINTR && count != -Libc.ENOENT) {
          throw new IllegalStateException("the kernel's requests cannot be read: errno " + -count);
        }
        count = Libc.read(device, request);
      }
    }
  }

  private void answer(ByteBuffer in, ByteBuffer out, MemorySegment reply) {
    Opcode opcode = Opcode.of(in.getInt(4));
    long unique = in.getLong(8);
    long node = in.getLong(16);
    int user = in.getInt(24);
    int group = in.getInt(28);
    in.position(IN_HEADER);
    ByteBuffer body = in.slice().order(in.order());
    out.clear().position(OUT_HEADER);
    int error = 0;
    try {
      gate.pass(opcode, () -> requests.handle(opcode, node, user, group, body, out));
    } catch (DiskException e) {
      error = e.error.number;
    } catch (RuntimeException e) {
      e.printStackTrace(); // a fault of this class: the process sees it, and the test's log too
      error = Error.IO.number;
    }
    if (opcode.isSilent()) {
      return;
    }
    int length = error == 0 ? out.position() : OUT_HEADER;
    out.putInt(0, length).putInt(4, -error).putLong(8, unique);
    long written = Libc.write(device, reply.asSlice(0, length));
    if (written < 0 && written != -Libc.ENOENT && written != -Libc.ENODEV) {
      throw new IllegalStateException(opcode + " cannot be answered: errno " + -written);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20); // the kernel tells nobody when a file system is no longer in use
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
