package io.gatepost.program;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// One call of a program.
///
/// @param command its path and its arguments, as they are: no shell reads them
/// @param environment all that it finds in its environment, beside [#BASE]. Characters outside
///   ASCII become question marks where the JVM does not run under a UTF-8 locale
public record Program(List<String> command, Map<String, String> environment) {

  /// Found in each program's environment, unless it is given another value; `HOME` and `TMPDIR`,
  /// the working directory, are too.
  public static final Map<String, String> BASE =
      Map.of("PATH", "/usr/local/bin:/usr/bin:/bin", "LANG", "C.UTF-8");

  /// The longest value of a variable in characters; Linux takes 128 KiB.
  public static final int MAX_VALUE = 32 * 1024;

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /// Throws [IllegalArgumentException] for an empty command, a NUL in it, or a name that is none.
  /// Values are cleaned: no NUL, at most [#MAX_VALUE] characters.
  public Program {
    command = List.copyOf(command);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("command: empty (expected: a path and arguments)");
    }
    for (String word : command) {
      if (word.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("command: NUL in an argument (expected: none)");
      }
    }
    environment = cleaned(environment);
  }

  /// A call without variables of its own.
  public static Program of(String... command) {
    return new Program(List.of(command), Map.of());
  }

  /// Whether a variable may have this name.
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  private static Map<String, String> cleaned(Map<String, String> given) {
    Map<String, String> all = new java.util.TreeMap<>(BASE);
    given.forEach((name, value) -> {
      if (!isName(name)) {
        throw new IllegalArgumentException(
            "variable: \"" + name + "\" (expected: letters, digits and underscores)");
      }
      String clean = value.replace("\0", "");
      all.put(name, clean.length() > MAX_VALUE ? clean.substring(0, MAX_VALUE) : clean);
    });
    return Map.copyOf(all);
  }
}
