package io.gatepost.allinone.start;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Keeps secrets out of complaints about settings: the key may be misspelt, so it is looked at
/// loosely, and the value as well.
final class Secrecy {

  static final String HIDDEN = "***";

  private static final List<String> WORDS =
      List.of("password", "passwd", "passphrase", "secret", "token", "credential", "private-key");

  /// How many letters a misspelt word may differ by.
  private static final int NEAR = 2;

  /// Hashes of passwords, and what is as long and as mixed as a generated secret.
  private static final Pattern HASH = Pattern.compile("\\$\\w+\\$.*|\\{\\w[\\w-]*}.*");

  private static final Pattern RANDOM =
      Pattern.compile("(?![./])(?=.*\\d)(?=.*[A-Za-z])[A-Za-z0-9+/=_-]{16,}");

  private Secrecy() {}

  /// The value as it may be printed.
  static String shown(String key, Object value) {
    String text = String.valueOf(value);
    return isSecret(key) || HASH.matcher(text).matches() || RANDOM.matcher(text).matches()
        ? HIDDEN
        : text;
  }

  private static boolean isSecret(String key) {
    for (String element : key.toLowerCase(Locale.ROOT).split("[.\\[\\]]+")) {
      for (String word : WORDS) {
        if (element.contains(word) || distance(element, word) <= NEAR) {
          return true;
        }
      }
    }
    return false;
  }

  /// Levenshtein's distance: letters to insert, to delete or to change.
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
