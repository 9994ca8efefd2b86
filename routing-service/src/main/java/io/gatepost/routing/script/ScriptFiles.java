package io.gatepost.routing.script;

import io.gatepost.contract.routing.Destination;
import io.gatepost.routing.sieve.Bounds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The files of users' scripts, `DOMAIN/USER.sieve` below a directory. Blocks as long as the file
/// system does.
final class ScriptFiles {

  /// As large as a script may be in characters: a file of more is not read.
  static final int MAX_OCTETS = Bounds.MAX_SCRIPT;

  private static final String SUFFIX = ".sieve";
  private static final int MAX_NAME = 255 - SUFFIX.length();

  private final Path directory;

  ScriptFiles(Path directory) {
    this.directory = directory;
  }

  /// Which version of a file was looked at. A file that was replaced by rename has another key,
  /// where the file system has keys.
  record Version(FileTime modified, long octets, @Nullable Object key) {}

  /// Result of a look at a mailbox's file.
  sealed interface Found {

    /// There is no script.
    record Nothing() implements Found {}

    /// The version that was known already.
    record Same() implements Found {}

    record Text(Version version, String text) implements Found {}

    /// There is a file that cannot be a script.
    record Unfit(Version version, String problem) implements Found {}
  }

  /// The file of a mailbox; nothing where a name is not safe as the name of a file: empty, hidden,
  /// too long, or with a separator.
  Optional<Path> path(Destination.Mailbox mailbox) {
    String domain = mailbox.domain().text();
    if (!isSafe(mailbox.user()) || !isSafe(domain)) {
      return Optional.empty();
    }
    try {
      return Optional.of(directory.resolve(domain).resolve(mailbox.user() + SUFFIX));
    } catch (InvalidPathException e) {
      return Optional.empty(); // characters that this machine has no octets for
    }
  }

  private static boolean isSafe(String name) {
    return !name.isEmpty()
        && name.charAt(0) != '.'
        && name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ' || c == 0x7f);
  }

  /// Looks at a file and reads it, unless it is the known version; throws [IOException] where it
  /// cannot be read now.
  ///
  /// @param known the version that was read before; null for none
  Found look(Path file, @Nullable Version known) throws IOException {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      Version version = new Version(now.lastModifiedTime(), now.size(), now.fileKey());
      if (version.equals(known)) {
        return new Found.Same();
      }
      if (!now.isRegularFile()) { // a pipe would be waited for without end
        return new Found.Unfit(version, "is no file");
      }
      return read(file, version);
    } catch (NoSuchFileException e) {
      return new Found.Nothing();
    }
  }

  private static Found read(Path file, Version version) throws IOException {
    byte[] octets;
    try (InputStream content = Files.newInputStream(file)) {
      octets = content.readNBytes(MAX_OCTETS + 1);
    }
    if (octets.length > MAX_OCTETS) {
      return new Found.Unfit(version, "is too large (expected: at most " + MAX_OCTETS + " octets)");
    }
    try {
      return new Found.Text(
          version, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString());
    } catch (CharacterCodingException e) {
      return new Found.Unfit(version, "is no UTF-8");
    }
  }
}
