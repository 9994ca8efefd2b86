package io.gatepost.routing.table;

import io.gatepost.contract.setting.FileReading;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.RoutingChain;
import io.gatepost.routing.lookup.TableText;
import io.gatepost.routing.value.Parameters;
import io.gatepost.routing.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Files that an aliases table includes: targets, one or several a line between commas; `#` starts
/// a comment. They lie below one directory, also where symbolic links lead, and are read together
/// with the table: aliases change as a whole or not at all. A file may include others, but not
/// itself by any way.
public final class Includes {

  /// Begins a target that is a file.
  static final String PREFIX = ":include:";

  /// Nothing may be included.
  static final Includes NONE = new Includes(Optional.empty(), Optional.empty());

  private static final String KEY = "gatepost.routing.include-directory";
  private static final int MAX_FILES = 1_000;
  private static final long MAX_OCTETS = 1 << 20;

  private final Optional<Path> directory;
  private final Optional<FileReading> reading;
  private final Map<Path, List<String>> targets = new HashMap<>();
  private final Set<Path> open = new HashSet<>();
  private boolean complete;

  private Includes(Optional<Path> directory, Optional<FileReading> reading) {
    this.directory = directory;
    this.reading = reading;
  }

  /// Where included files may lie.
  ///
  /// @param path empty where nothing may be included
  public record Directory(Optional<Path> path) {

    Includes reading(FileReading reading) {
      return new Includes(path, Optional.of(reading));
    }
  }

  /// The targets in a file and in those that it includes; throws [SettingException] where it is
  /// outside of the directory, is not there, is too large, or includes itself.
  ///
  /// @param where file and line that include it
  /// @param name absolute, or below the directory
  List<String> targets(String where, String name) {
    Path root =
        directory.orElseThrow(() ->
            new SettingException(where, PREFIX + name, KEY + " to be set, and a file below it"));
    Path written = path(where, root, name);
    List<String> known = targets.get(written);
    if (known != null) {
      return known;
    }
    if (complete || targets.size() >= MAX_FILES) {
      throw new SettingException(
          where, PREFIX + name, "a file that was read with the table, " + MAX_FILES + " at most");
    }
    List<String> found = read(where, root, written);
    targets.put(written, found);
    return found;
  }

  /// From now on no further files are read.
  void complete() {
    complete = true;
  }

  private static Path path(String where, Path root, String name) {
    try {
      if (!name.isBlank()) {
        return root.resolve(name.strip()).normalize();
      }
    } catch (InvalidPathException e) {
      // told below, by its place
    }
    throw new SettingException(where, PREFIX + name, "the path of a file below " + root);
  }

  private List<String> read(String where, Path root, Path file) {
    FileReading files =
        reading.orElseThrow(() -> new SettingException(where, PREFIX + file, "no included file"));
    files.follow(file);
    Path real;
    List<String> lines;
    try {
      real = file.toRealPath();
      if (!real.startsWith(root.toRealPath())) {
        throw new SettingException(where, PREFIX + file, "a file below " + root);
      }
      if (!Files.isRegularFile(real) || Files.size(real) > MAX_OCTETS) {
        throw new SettingException(
            where, PREFIX + file, "a plain file of at most " + MAX_OCTETS + " octets");
      }
      lines = files.lines(real);
    } catch (IOException e) {
      throw new SettingException(where, PREFIX + file, "a file in UTF-8 that can be read");
    }
    if (!open.add(real)) {
      throw new SettingException(where, PREFIX + file, "a file that does not include itself");
    }
    List<String> found = listed(file, lines);
    open.remove(real);
    return found;
  }

  private List<String> listed(Path file, List<String> lines) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = TableText.withoutComment(lines.get(i));
      String where = file + ":" + (i + 1);
      for (String target : line.isEmpty() ? List.<String>of() : TableText.list(line)) {
        if (target.startsWith(PREFIX)) {
          found.addAll(targets(where, target.substring(PREFIX.length())));
        } else {
          Value.addresses(where, List.of(target), Parameters.NONE); // says which line is wrong
          found.add(target);
        }
        if (found.size() > RoutingChain.MAX_LEGS) { // at each, as a line may include many times
          throw new SettingException(
              where, found.size() + " targets", RoutingChain.MAX_LEGS + " at most");
        }
      }
    }
    return List.copyOf(found);
  }
}
