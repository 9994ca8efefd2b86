package io.gatepost.edge.policy;

import io.gatepost.contract.setting.SettingException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A list of names: one pattern a line, `#` for comments. A plain name is that name, in any case;
/// `*` stands for any characters; a line between slashes is a regular expression for the whole
/// name. Names without a `*` cost one look-up however many they are.
public final class NamePatterns {

  /// No name matches.
  public static final NamePatterns NONE = new NamePatterns(Set.of(), List.of(), List.of());

  private final Set<String> names;
  private final List<Wildcard> wildcards;
  private final List<Pattern> expressions;

  private NamePatterns(Set<String> names, List<Wildcard> wildcards, List<Pattern> expressions) {
    this.names = names;
    this.wildcards = wildcards;
    this.expressions = expressions;
  }

  /// Reads the list; throws [SettingException] that names the line which is wrong.
  public static NamePatterns parse(String file, List<String> lines) {
    Set<String> names = new HashSet<>();
    List<Wildcard> wildcards = new ArrayList<>();
    List<Pattern> expressions = new ArrayList<>();
    int number = 0;
    for (String line : lines) {
      number++;
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      if (text.length() > 2 && text.startsWith("/") && text.endsWith("/")) {
        expressions.add(regex(file, number, text.substring(1, text.length() - 1)));
      } else if (text.indexOf('*') >= 0) {
        wildcards.add(new Wildcard(text.toLowerCase(Locale.ROOT)));
      } else {
        names.add(text.toLowerCase(Locale.ROOT));
      }
    }
    return new NamePatterns(Set.copyOf(names), List.copyOf(wildcards), List.copyOf(expressions));
  }

  /// Whether a name is on the list.
  public boolean matches(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (names.contains(lower)) {
      return true;
    }
    for (Wildcard wildcard : wildcards) {
      if (wildcard.matches(lower)) {
        return true;
      }
    }
    for (Pattern expression : expressions) {
      if (expression.matcher(name).matches()) {
        return true;
      }
    }
    return false;
  }

  private static Pattern regex(String file, int number, String text) {
    try {
      return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
    } catch (PatternSyntaxException e) {
      throw new SettingException(
          file + " line " + number, text, "a regular expression: " + e.getDescription());
    }
  }
}
