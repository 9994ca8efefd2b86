package io.gatepost.delivery.transport.maildir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/// Makes directories of which the names are on disk before they are used.
final class DurableDirectories {

  private final Path root;
  private final Disk disk;

  /// The disk below.
  interface Disk {
    /// Writes a directory's entries; fails with an [AccessDeniedException] where it cannot be read.
    void sync(Path directory) throws IOException;
  }

  /// @param root of all that is made here; may be missing itself
  DurableDirectories(Path root, Disk disk) {
    this.root = root;
    this.disk = disk;
  }

  /// Makes a directory below the root, with all that is missing above it and some below, and syncs
  /// what was made and where: from the directory up to the one that holds the root, or higher where
  /// more was missing. What is there is synced too, as whoever made it may have been killed before.
  void make(Path directory, Iterable<String> below) throws IOException {
    Set<Path> missing = missing(directory);
    for (String each : below) {
      Files.createDirectories(directory.resolve(each));
    }
    for (Path each = directory; each != null && isOurs(each, missing); each = each.getParent()) {
      sync(each, missing.contains(each));
    }
  }

  private static Set<Path> missing(Path directory) {
    Set<Path> missing = new HashSet<>();
    for (Path each = directory; each != null && !Files.exists(each); each = each.getParent()) {
      missing.add(each);
    }
    return missing;
  }

  /// Whether a directory, or an entry of it on the way here, may have been made by us.
  private boolean isOurs(Path directory, Set<Path> missing) {
    return directory.startsWith(root)
        || directory.equals(root.getParent())
        || missing.contains(directory)
        || missing.stream().anyMatch(made -> directory.equals(made.getParent()));
  }

  /// Others' directories may be closed to us: that is how they want it, and no reason to keep mail
  /// from the mailbox.
  private void sync(Path directory, boolean made) throws IOException {
    try {
      disk.sync(directory);
    } catch (AccessDeniedException e) {
      if (made) {
        throw e;
      }
    }
  }

  /// Syncs a directory of the file system.
  static void syncFile(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
