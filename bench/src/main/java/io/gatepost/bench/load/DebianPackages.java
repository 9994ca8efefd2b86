package io.gatepost.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Debian packages that conflict with installed ones, unpacked into a directory instead: nothing is
/// installed, no script of theirs runs.
public final class DebianPackages {

  private static final String SUFFIX = ".deb";

  private DebianPackages() {}

  /// Gets packages, and the libraries that their first one needs and the machine lacks.
  ///
  /// @param root is there afterwards, with all of it or not at all
  public static void unpack(List<String> packages, Path root)
      throws IOException, InterruptedException {
    if (Files.isDirectory(root)) {
      return;
    }
    if (!Programs.isInstalled("apt-get")) {
      throw new IOException("there is no apt-get to get the packages " + packages + " with");
    }
    Path parent = Files.createDirectories(root.toAbsolutePath().getParent());
    Path work = parent.resolve(root.getFileName() + ".part");
    // An attempt that failed may have left some of it.
    run(parent, List.of("rm", "-rf", work.toString()));
    Files.createDirectory(work);
    download(work, packages);
    download(work, missingLibraries(work, packages.getFirst()));
    Path unpacked = work.resolve("root");
    for (Path file : files(work)) {
      run(work, List.of("dpkg", "-x", file.toString(), unpacked.toString()));
      Files.delete(file);
    }
    Files.move(unpacked, root);
    Files.delete(work);
  }

  private static void download(Path directory, List<String> packages)
      throws IOException, InterruptedException {
    if (!packages.isEmpty()) {
      List<String> command = new ArrayList<>(List.of("apt-get", "-qq", "download"));
      command.addAll(packages);
      run(directory, command);
    }
  }

  /// The names in its `Depends` that are libraries' and not installed; the first of alternatives.
  private static List<String> missingLibraries(Path directory, String name)
      throws IOException, InterruptedException {
    List<String> missing = new ArrayList<>();
    for (Path file : files(directory)) {
      if (!file.getFileName().toString().startsWith(name + "_")) {
        continue;
      }
      String depends = run(directory, List.of("dpkg-deb", "-f", file.toString(), "Depends"));
      for (String dependency : depends.split(",")) {
        String library = dependency.strip().split("[ |(]")[0];
        if (library.startsWith("lib") && !isInstalled(library)) {
          missing.add(library);
        }
      }
    }
    return missing;
  }

  private static boolean isInstalled(String name) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("dpkg-query", "-W", "-f=${db:Status-Status}", name)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = text(process);
    return process.waitFor() == 0 && said.equals("installed");
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.toString().endsWith(SUFFIX)).toList();
    }
  }

  private static String run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String said = text(process);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said.strip());
    }
    return said;
  }

  private static String text(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
