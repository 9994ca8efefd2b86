package io.gatepost.system.power.disk;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The five calls of the C library that a file system in this process needs.
final class Libc {

  static final int EINTR = 4;
  static final int ENOENT = 2;
  static final int EBUSY = 16;
  static final int ENODEV = 19;

  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int MNT_DETACH = 2;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("open"),
          FunctionDescriptor.of(INT, POINTER, INT),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle READ =
      handle("read", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
  private static final MethodHandle WRITE =
      handle("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
  private static final MethodHandle MOUNT =
      handle("mount", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, LONG, POINTER));
  private static final MethodHandle UNMOUNT =
      handle("umount2", FunctionDescriptor.of(INT, POINTER, INT));

  private Libc() {}

  static int open(String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int fd = (int) OPEN.invokeExact(state, arena.allocateFrom(path), O_RDWR | O_CLOEXEC);
      if (fd < 0) {
        throw new IOException(path + " cannot be opened: errno " + errno(state));
      }
      return fd;
    } catch (RuntimeException | IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int unused = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Octets read, or the negative error number.
  static long read(int fd, MemorySegment into) {
    return transfer(READ, fd, into);
  }

  /// Octets written, or the negative error number.
  static long write(int fd, MemorySegment from) {
    return transfer(WRITE, fd, from);
  }

  static void mountFuse(String at, int fd) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      String options = "fd=" + fd + ",rootmode=40000,user_id=0,group_id=0,allow_other";
      int result =
          (int)
              MOUNT.invokeExact(
                  state,
                  arena.allocateFrom("gatepost-faulty-disk"),
                  arena.allocateFrom(at),
                  arena.allocateFrom("fuse"),
                  0L,
                  arena.allocateFrom(options));
      if (result < 0) {
        throw new IOException(at + " cannot be mounted: errno " + errno(state));
      }
    } catch (RuntimeException | IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// 0, or the error number.
  ///
  /// @param lazily also while it is in use
  static int unmount(String at, boolean lazily) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result =
          (int) UNMOUNT.invokeExact(state, arena.allocateFrom(at), lazily ? MNT_DETACH : 0);
      return result < 0 ? errno(state) : 0;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static long transfer(MethodHandle call, int fd, MemorySegment octets) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long count = (long) call.invokeExact(state, fd, octets, octets.byteSize());
      return count < 0 ? -errno(state) : count;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  private static MethodHandle handle(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
  }
}
