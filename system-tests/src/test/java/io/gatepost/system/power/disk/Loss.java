package io.gatepost.system.power.disk;

/// Loss of data that was written and not synced when the power is cut.
public enum Loss {
  /// All of it is gone: octets, sizes, and entries of directories. What POSIX promises, and no
  /// more.
  DROPPED,
  /// Sizes and entries are there, the octets read as zeros: a journal of metadata alone.
  ZEROED,
  /// Any part of it is there: each page or not, any size in between, and of each directory's
  /// changes the first so many.
  TORN
}
