package io.gatepost.allinone.start;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.cli.operator.OperatorPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// The directory with everything that outlives the process, held against a second instance by a
/// lock on `gatepost.lock` that the kernel drops with the process, however it ends.
public final class DataDirectory implements AutoCloseable {

  private final Path directory;
  private final FileChannel lockFile;

  private DataDirectory(Path directory, FileChannel lockFile) {
    this.directory = directory;
    this.lockFile = lockFile;
  }

  /// Makes the directory where it is missing, and locks it; throws [CommandFailure] where another
  /// instance has it or it cannot be written.
  public static DataDirectory open(Path directory) {
    try {
      Files.createDirectories(directory.resolve("run"));
      sync(directory.toAbsolutePath());
      FileChannel file =
          FileChannel.open(
              directory.resolve("gatepost.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (tryLock(file) == null) {
        String holder = read(file);
        file.close();
        throw new CommandFailure(
            ExitCode.TEMPORARY_FAILURE,
            "data directory " + directory + " is in use by another Gatepost (pid " + holder + ")");
      }
      file.truncate(0);
      file.write(bytes(ProcessHandle.current().pid() + "\n"), 0);
      return new DataDirectory(directory, file);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.CANNOT_CREATE, "data directory " + directory + " cannot be written: " + e);
    }
  }

  /// Where the embedded broker keeps its log.
  public static Path kafka(Path directory) {
    return directory.resolve("kafka");
  }

  /// Where the embedded database keeps its data.
  public static Path postgres(Path directory) {
    return directory.resolve("postgres");
  }

  /// Writes `run/<name>.pid` for operators and scripts.
  public void writePid(String name, long pid) {
    try {
      Files.writeString(pidFile(name), pid + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes `run/<name>.pid` once that process has ended.
  public void removePid(String name) {
    try {
      Files.deleteIfExists(pidFile(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes where the operator's port is, for `gatepost queue --data`.
  public void writeOperatorPort(OperatorPort port) {
    port.write(directory);
  }

  /// Removes that, once the port is to answer no more.
  public void removeOperatorPort() {
    OperatorPort.remove(directory);
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Syncs the names on the way to the directory: files that are synced within it are lost
  /// otherwise. A directory that may not be written has got nothing from us.
  private static void sync(Path directory) throws IOException {
    for (Path above = directory;
        above != null && Files.isWritable(above);
        above = above.getParent()) {
      try (FileChannel channel = FileChannel.open(above, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private Path pidFile(String name) {
    return directory.resolve("run").resolve(name + ".pid");
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held in this very process
    }
  }

  private static String read(FileChannel file) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(32);
    file.read(buffer, 0);
    String pid = StandardCharsets.US_ASCII.decode(buffer.flip()).toString().strip();
    return pid.isEmpty() ? "unknown" : pid;
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
