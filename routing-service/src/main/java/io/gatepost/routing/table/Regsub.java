package io.gatepost.routing.table;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.lookup.Entries;
import io.gatepost.routing.lookup.TableText;
import io.gatepost.routing.value.Parameters;
import io.gatepost.routing.value.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The regsub table (requirements C14 to C16): ordered lines `/regex/ value`. The first expression
/// that is found in an address replaces the whole address by its value, in which `$1` is the first
/// group. Case is ignored. The result is routed again; a line that leaves an address as it is
/// decides nothing, and no later line is asked.
///
/// Expressions are those of RE2, which take a time that grows with the length of the address and no
/// faster: back-references and look-around are refused. How often an address may be replaced, how
/// many it may lead to, and how long that may take is the chain's to bound
/// ([io.gatepost.routing.chain.RoutingChain]).
public final class Regsub {

  /// More lines, or a longer expression, are refused: each address is held against all of them.
  static final int MAX_RULES = 1_000;

  static final int MAX_CHARACTERS = 500;

  /// Instructions of one expression, which repetitions multiply.
  static final int MAX_PROGRAM = 5_000;

  /// Instructions of all expressions: 1,000 lines of usual size. The longest address, held against
  /// expressions made to be dear, takes some 150 ms then.
  static final int MAX_PROGRAMS = 30_000;

  private static final String EXPECTED = "/regex/ address or /regex/ error:5.1.1:550 text";

  private final List<Rule> rules;
  private final LocalDomains local;

  private record Rule(String where, Pattern pattern, Value value) {}

  /// A line's expression.
  ///
  /// @param where file and line
  public record Line(String where, Pattern expression) {}

  private Regsub(List<Rule> rules, LocalDomains local) {
    this.rules = List.copyOf(rules);
    this.local = local;
  }

  /// Reads a table; throws [SettingException] that names file and line.
  public static Regsub read(FileReading reading, LocalDomains local) throws IOException {
    if (reading.file().toString().endsWith(Entries.CDB)) {
      throw new SettingException(
          reading.file().toString(), Entries.CDB, "a text file, as the order of lines counts");
    }
    return parse(reading.file().toString(), reading.lines(), local);
  }

  /// Reads lines; throws [SettingException] that names file and line.
  public static Regsub parse(String file, List<String> lines, LocalDomains local) {
    List<Rule> rules = new ArrayList<>();
    int programs = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (rules.size() == MAX_RULES) {
        throw new SettingException(file + ":" + (i + 1), line, MAX_RULES + " lines at most");
      }
      Rule rule = rule(file + ":" + (i + 1), line, local);
      programs += rule.pattern().programSize();
      if (programs > MAX_PROGRAMS) {
        throw new SettingException(
            rule.where(),
            line,
            "smaller expressions, or fewer: all up to this one have "
                + programs
                + " instructions, "
                + MAX_PROGRAMS
                + " at most count");
      }
      rules.add(rule);
    }
    return new Regsub(rules, local);
  }

  /// The lines in their order.
  public List<Line> lines() {
    return rules.stream().map(rule -> new Line(rule.where(), rule.pattern())).toList();
  }

  /// Returns the result for an address.
  public RouterResult route(ForwardPath address) {
    String text = subject(address);
    for (Rule rule : rules) {
      Matcher matcher = rule.pattern().matcher(text);
      if (matcher.find()) {
        RouterResult result =
            rule.value()
                .result(
                    address,
                    local.standard(address),
                    group -> Optional.ofNullable(matcher.group(group)).orElse(""));
        return isStable(address, result) ? RouterResult.NO_MATCH : result;
      }
    }
    return RouterResult.NO_MATCH;
  }

  /// Where the line stands that is found in an address, for people.
  public Optional<String> place(ForwardPath address) {
    String text = subject(address);
    return rules.stream()
        .filter(rule -> rule.pattern().matcher(text).find())
        .findFirst()
        .map(Rule::where);
  }

  /// The text that expressions are held against. Quotes stay where they are needed, so that
  /// `"a@b.example"@c.example` looks like no address at `b.example`.
  public static String subject(ForwardPath address) {
    String plain = address.localPart().unquoted();
    try {
      return LocalPart.of(plain).text() + '@' + address.domain();
    } catch (IllegalArgumentException e) {
      return address.toString();
    }
  }

  private static boolean isStable(ForwardPath address, RouterResult result) {
    return result instanceof RouterResult.Rewrite(var addresses)
        && addresses.size() == 1
        && subject(addresses.getFirst()).equalsIgnoreCase(subject(address));
  }

  private static Rule rule(String where, String line, LocalDomains local) {
    int end = line.startsWith("/") ? endOfExpression(line) : -1;
    if (end < 0 || end + 1 == line.length() || !Character.isWhitespace(line.charAt(end + 1))) {
      throw new SettingException(where, line, EXPECTED);
    }
    Pattern pattern = pattern(where, line.substring(1, end).replace("\\/", "/"));
    String text = TableText.withoutComment(line.substring(end + 1));
    Value value = Value.parse(where, text, Parameters.dollar(pattern.groupCount()));
    if (value.needsDomain() && local.isEmpty()) {
      throw new SettingException(where, text, "a domain, as there are no local domains");
    }
    return new Rule(where, pattern, value);
  }

  /// Where the slash stands that no backslash is before.
  private static int endOfExpression(String line) {
    for (int at = 1; at < line.length(); at++) {
      if (line.charAt(at) == '/') {
        return at;
      }
      if (line.charAt(at) == '\\') {
        at++;
      }
    }
    return -1;
  }

  private static Pattern pattern(String where, String regex) {
    if (regex.isEmpty() || regex.length() > MAX_CHARACTERS) {
      throw new SettingException(
          where, regex, "an expression of 1 to " + MAX_CHARACTERS + " characters");
    }
    Pattern pattern;
    try {
      pattern = Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    } catch (PatternSyntaxException e) {
      throw new SettingException(where, regex, "an expression of RE2; " + e.getDescription());
    }
    if (pattern.programSize() > MAX_PROGRAM) {
      throw new SettingException(where, regex, "an expression with fewer repetitions");
    }
    return pattern;
  }
}
