package io.gatepost.program;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The working directory of one run: empty, the user's own, and removed afterwards.
final class WorkDirectory {

  private static final Logger log = LoggerFactory.getLogger(WorkDirectory.class);
  private static final long REMOVAL_SECONDS = 60;

  private WorkDirectory() {}

  static Path make(Path under, Optional<Account> owner) throws IOException {
    Path made =
        Files.createTempDirectory(
            under,
            "gatepost-run-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    if (owner.isPresent()) {
      try {
        Files.setAttribute(made, "unix:gid", owner.get().gid());
        Files.setAttribute(made, "unix:uid", owner.get().uid());
      } catch (IOException e) {
        Files.delete(made);
        throw e;
      }
    }
    return made;
  }

  /// Removes it with all that the program has left in it, which may be nested deeper than a path is
  /// long, or be closed to its own owner: `rm` copes with that.
  static void remove(Path directory) throws InterruptedException {
    try {
      Files.delete(directory);
      return;
    } catch (DirectoryNotEmptyException _) {
      // the program has left something
    } catch (IOException e) {
      log.warn("{} is not removed: {}", directory, e.toString());
      return;
    }
    String path = directory.toString();
    if (!run("rm", "-rf", "--", path)) {
      boolean _ = run("chmod", "-R", "u+rwx", "--", path);
      if (!run("rm", "-rf", "--", path)) {
        log.warn("{} is not removed: rm has failed", directory);
      }
    }
  }

  private static boolean run(String tool, String... arguments) throws InterruptedException {
    Optional<Path> path = Tools.find(tool);
    if (path.isEmpty()) {
      return false;
    }
    List<String> command = new java.util.ArrayList<>(List.of(path.get().toString()));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor(REMOVAL_SECONDS, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
      return false;
    } catch (IOException e) {
      log.warn("{}: {}", path.get(), e.toString());
      return false;
    }
  }
}
