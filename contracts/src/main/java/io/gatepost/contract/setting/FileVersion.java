package io.gatepost.contract.setting;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/// Mark by which two versions of a file are told apart: its inode, as a file that is replaced by
/// rename has another, its time and its size.
///
/// @param octets -1 where the file cannot be looked at
record FileVersion(Optional<Object> inode, FileTime modified, long octets) {

  static final FileVersion UNREADABLE =
      new FileVersion(Optional.empty(), FileTime.fromMillis(0), -1);

  static FileVersion of(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new FileVersion(
          Optional.ofNullable(now.fileKey()), now.lastModifiedTime(), now.size());
    } catch (IOException e) {
      return UNREADABLE; // reading it says why
    }
  }
}
