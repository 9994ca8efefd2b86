package io.gatepost.routing.value;

import io.gatepost.contract.setting.SettingException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How parts of the matched address are written in a value. A doubled sign stands for itself.
///
/// @param pattern finds the sign, and the number in its first or second group
/// @param lowest the lowest number
/// @param highest the highest number
/// @param expected what a number may be, for people
/// @param holdAddresses whether a part may hold the domain, too, as it is a piece of the address as
///   it is written, with the quotes that it needs
public record Parameters(
    Pattern pattern, int lowest, int highest, String expected, boolean holdAddresses) {

  /// None: every character stands for itself.
  public static final Parameters NONE =
      new Parameters(Pattern.compile("(?!)()()"), 0, -1, "", false);

  /// `%1` to `%3`, as Sendmail has them; a `%` before anything else stands for itself.
  public static final Parameters PERCENT =
      new Parameters(Pattern.compile("%(?:%|(\\d)())"), 1, 3, "%1, %2 or %3", false);

  private static final Pattern DOLLAR = Pattern.compile("\\$(?:\\$|(\\d{1,2})|\\{(\\d{1,2})}|)");

  /// `$0` (all that matched) to the last group of a regular expression; `${1}` before a digit.
  public static Parameters dollar(int groups) {
    return new Parameters(
        DOLLAR, 0, groups, "$0 to $" + groups + ", or $$ for a dollar sign", true);
  }

  /// A piece of a value.
  sealed interface Piece {
    record Literal(String text) implements Piece {}

    record Part(int number) implements Piece {}
  }

  /// The pieces of a text; throws [SettingException] where a part is named that there is not.
  List<Piece> pieces(String where, String text) {
    List<Piece> pieces = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    Matcher matcher = pattern.matcher(text);
    int from = 0;
    while (matcher.find()) {
      literal.append(text, from, matcher.start());
      from = matcher.end();
      if (matcher.end() - matcher.start() == 2 && text.charAt(from - 1) == text.charAt(from - 2)) {
        literal.append(text.charAt(from - 1));
        continue;
      }
      if (!literal.isEmpty()) {
        pieces.add(new Piece.Literal(literal.toString()));
        literal.setLength(0);
      }
      pieces.add(new Piece.Part(number(where, text, matcher)));
    }
    literal.append(text, from, text.length());
    if (!literal.isEmpty()) {
      pieces.add(new Piece.Literal(literal.toString()));
    }
    return pieces;
  }

  private int number(String where, String text, Matcher matcher) {
    String digits = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    int number = digits == null ? -1 : Integer.parseInt(digits);
    if (number < lowest || number > highest) {
      throw new SettingException(where, text, expected);
    }
    return number;
  }
}
