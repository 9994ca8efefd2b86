package io.gatepost.system.power.disk;

import java.time.Instant;
import java.util.random.RandomGenerator;

/// File or directory that a name stands for.
abstract sealed class Node permits FileNode, DirectoryNode, LinkNode {

  /// Its number in the protocol; 1 is the root.
  final long id;

  /// Type and permissions, as in `st_mode`.
  int mode;

  int user;
  int group;
  Instant modified = Instant.now();

  /// Names that stand for it now.
  int links;

  /// How often the kernel was told its number and has not forgotten it.
  long lookups;

  Node(long id, int mode, int user, int group) {
    this.id = id;
    this.mode = mode;
    this.user = user;
    this.group = group;
  }

  /// Its size in octets.
  abstract long size();

  /// Makes all of it durable that it holds itself: for a directory its entries, not what they name.
  abstract void sync();

  /// Whether a power cut would change it.
  abstract boolean isUnsynced();

  /// Becomes what is left after a power cut.
  abstract void lose(Loss loss, RandomGenerator random);
}
