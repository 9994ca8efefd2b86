package io.gatepost.edge.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.SettingException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A list of names: one pattern a line, `#` for comments. A plain name is that name, in any case
/// and as U-label or A-label; `*` stands for any characters; a line between slashes is a regular
/// expression for the whole name. Names without a `*` cost one look-up however many they are.
/// Expressions are those of RE2, which look at a name in a time that grows with its length and no
/// faster, whatever a client calls itself: back-references and look-around, which take more, are
/// refused.
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
        wildcards.add(wildcard(file, number, text.toLowerCase(Locale.ROOT)));
      } else {
        names.add(form(text));
      }
    }
    return new NamePatterns(Set.copyOf(names), List.copyOf(wildcards), List.copyOf(expressions));
  }

  /// How many patterns there are.
  int size() {
    return names.size() + wildcards.size() + expressions.size();
  }

  /// Whether a name is on the list.
  public boolean matches(String name) {
    String form = form(name);
    if (names.contains(form)) {
      return true;
    }
    for (Wildcard wildcard : wildcards) {
      if (wildcard.matches(form)) {
        return true;
      }
    }
    for (Pattern expression : expressions) {
      if (expression.matcher(form).matches()) {
        return true;
      }
    }
    return false;
  }

  /// The one form of a name, in which it is compared: a domain's in A-labels without a dot at the
  /// end, any other's in lower case.
  private static String form(String name) {
    try {
      return DomainName.listed(name).text();
    } catch (IllegalArgumentException e) {
      return name.toLowerCase(Locale.ROOT);
    }
  }

  private static Wildcard wildcard(String file, int number, String text) {
    if (text.chars().anyMatch(c -> c >= 0x80)) {
      throw new SettingException(file + " line " + number, text, "A-labels beside a *");
    }
    return new Wildcard(text);
  }

  private static Pattern regex(String file, int number, String text) {
    try {
      return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
    } catch (PatternSyntaxException e) {
      throw new SettingException(
          file + " line " + number,
          text,
          "a regular expression without back-references and look-around: " + e.getDescription());
    }
  }
}
