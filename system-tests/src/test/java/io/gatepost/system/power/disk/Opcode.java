package io.gatepost.system.power.disk;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The requests of the FUSE protocol that are answered; numbers as in `linux/fuse.h`.
enum Opcode {
  LOOKUP(1),
  FORGET(2),
  GETATTR(3),
  SETATTR(4),
  READLINK(5),
  SYMLINK(6),
  MKNOD(8),
  MKDIR(9),
  UNLINK(10),
  RMDIR(11),
  RENAME(12),
  LINK(13),
  OPEN(14),
  READ(15),
  WRITE(16),
  STATFS(17),
  RELEASE(18),
  FSYNC(20),
  INIT(26),
  OPENDIR(27),
  READDIR(28),
  RELEASEDIR(29),
  FSYNCDIR(30),
  CREATE(35),
  INTERRUPT(36),
  DESTROY(38),
  BATCH_FORGET(42),
  FALLOCATE(43),
  RENAME2(45),
  /// Anything else; the kernel does without.
  OTHER(0);

  private static final Map<Integer, Opcode> BY_NUMBER =
      Arrays.stream(values()).collect(Collectors.toMap(code -> code.number, Function.identity()));

  private final int number;

  Opcode(int number) {
    this.number = number;
  }

  static Opcode of(int number) {
    return BY_NUMBER.getOrDefault(number, OTHER);
  }

  /// Whether the kernel waits for no reply.
  boolean isSilent() {
    return this == FORGET || this == BATCH_FORGET || this == INTERRUPT;
  }

  /// Whether it asks for a change, or for its durability.
  boolean isChange() {
    return switch (this) {
      case SETATTR,
          SYMLINK,
          MKNOD,
          MKDIR,
          UNLINK,
          RMDIR,
          RENAME,
          RENAME2,
          LINK,
          WRITE,
          FSYNC,
          FSYNCDIR,
          CREATE,
          FALLOCATE ->
          true;
      case LOOKUP,
          FORGET,
          GETATTR,
          READLINK,
          OPEN,
          READ,
          STATFS,
          RELEASE,
          INIT,
          OPENDIR,
          READDIR,
          RELEASEDIR,
          INTERRUPT,
          DESTROY,
          BATCH_FORGET,
          OTHER ->
          false;
    };
  }
}
