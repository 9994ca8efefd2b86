package io.gatepost.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The processes of this machine, as `/proc` has them.
final class ProcessTable {

  private ProcessTable() {}

  /// Command lines that hold a text.
  static List<String> with(String text) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path process : all()) {
      String line = read(process.resolve("cmdline")).replace('\0', ' ');
      if (line.contains(text)) {
        found.add(process.getFileName() + " " + line);
      }
    }
    return found;
  }

  /// Children of this JVM that have ended and that it has not asked about.
  static List<String> zombies() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path process : all()) {
      String stat = read(process.resolve("stat"));
      String[] words = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
      if (words[0].equals("Z") && words[1].equals(Long.toString(ProcessHandle.current().pid()))) {
        found.add(stat);
      }
    }
    return found;
  }

  private static List<Path> all() throws IOException {
    try (var entries = Files.list(Path.of("/proc"))) {
      return entries.filter(entry -> entry.getFileName().toString().matches("\\d+")).toList();
    }
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException _) {
      return ") - -"; // it has just ended
    }
  }
}
