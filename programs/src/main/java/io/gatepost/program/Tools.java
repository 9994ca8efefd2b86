package io.gatepost.program;

import io.gatepost.contract.setting.SettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The system's own programs: util-linux, coreutils and the shell. They are not looked for in
/// `PATH`, as some of them run as root.
final class Tools {

  private static final List<String> PLACES = List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin");

  private Tools() {}

  static Optional<Path> find(String name) {
    return PLACES.stream()
        .map(place -> Path.of(place, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// The path of a tool without which no program is run.
  static String path(String key, String name) {
    return find(name)
        .map(Path::toString)
        .orElseThrow(() ->
            new SettingException(key, name, "that tool in /usr/bin, from util-linux or coreutils"));
  }
}
