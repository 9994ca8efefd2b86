package io.gatepost.system.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Files, sources and tests that the documents point at.
class DocsTest {

  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final String ID = "[A-HS][0-9]{1,2}";

  /// `B5`, or `C14–C17`, or several with commas between.
  private static final Pattern CELL = Pattern.compile("^\\| (" + ID + "[^|]*) \\|");

  private static final Pattern ITEM =
      Pattern.compile("([A-HS])([0-9]{1,2})(?:–[A-HS]([0-9]{1,2}))?");
  private static final Pattern CITED =
      Pattern.compile("[Rr]equirements? (" + ID + "(?:(?:, | and )" + ID + ")*)");

  private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#]+)(#[^)]*)?\\)");
  private static final Pattern ANCHOR = Pattern.compile("]\\((?!https?:)([^)#]*)#([^)]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");
  private static final Pattern ALERT = Pattern.compile("(?m)^ *- alert: (\\w+)$");

  /// Name, severity, what it says and what to do.
  private static final Pattern ALERT_ROW =
      Pattern.compile(
          "(?m)^\\| `(Gatepost\\w+)` \\| (?:critical|warning) \\| [^|]+ \\| [^|]{10,} \\|$");

  private static final Pattern TEST = Pattern.compile("`(?:\\w+/)*([A-Z]\\w*(?:Test|IT))`");

  /// `wire/EndOfData`, say.
  private static final Pattern SOURCE = Pattern.compile("`((?:[a-z]+/)+[A-Z]\\w+)`");

  @Test
  void everyRequirementThatIsCitedStandsOnItsPage() {
    Set<String> known = requirements();

    for (Path file : files(".java", ".md", ".yaml")) {
      CITED
          .matcher(text(file))
          .results()
          .flatMap(cited -> Pattern.compile(ID).matcher(cited.group(1)).results())
          .map(MatchResult::group)
          .forEach(id -> assertThat(known).as("%s cites %s", file, id).contains(id));
    }
  }

  @Test
  void theRequirementsAreWhole() {
    Set<String> known = requirements();

    assertThat(
            known.stream()
                .collect(Collectors.groupingBy(id -> id.charAt(0), Collectors.counting())))
        .hasSize(9)
        .allSatisfy((letter, count) ->
            assertThat(known)
                .contains(letter + String.valueOf(count))
                .doesNotContain(letter + "0"));
  }

  @Test
  void everyLinkLeadsToAFile() {
    for (Path file : files(".md")) {
      LINK.matcher(text(file))
          .results()
          .map(link -> file.resolveSibling(link.group(1)))
          .forEach(target -> assertThat(target).as("a link in %s", file).exists());
    }
  }

  @Test
  void everyTestThatIsNamedIsThere() {
    Set<String> classes = new HashSet<>();
    for (Path file : files(".java")) {
      classes.add(file.getFileName().toString().replace(".java", ""));
    }

    for (Path file : files(".md")) {
      TEST.matcher(text(file))
          .results()
          .map(name -> name.group(1))
          .forEach(name -> assertThat(classes).as("%s names %s", file, name).contains(name));
    }
  }

  @Test
  void everySourceThatIsNamedIsThere() {
    List<Path> sources = files(".java");

    for (Path file : files(".md")) {
      SOURCE
          .matcher(text(file))
          .results()
          .map(name -> name.group(1))
          .filter(name -> !Files.exists(HOME.resolve(name))) // such as deploy/Dockerfile
          .map(name -> Path.of(name + ".java"))
          .forEach(name ->
              assertThat(sources)
                  .as("%s names %s", file, name)
                  .anyMatch(source -> source.endsWith(name)));
    }
  }

  @Test
  void everyAnchorIsAHeading() {
    for (Path file : files(".md")) {
      ANCHOR
          .matcher(text(file))
          .results()
          .forEach(link -> {
            Path target =
                link.group(1).isEmpty() ? file : file.resolveSibling(link.group(1)).normalize();
            if (target.toString().endsWith(".md")) {
              assertThat(anchors(target)).as("a link in %s", file).contains(link.group(2));
            }
          });
    }
  }

  /// As GitHub makes them: letters, digits, hyphens and underscores of the heading.
  private static Set<String> anchors(Path file) {
    return HEADING
        .matcher(FENCED.matcher(text(file)).replaceAll(""))
        .results()
        .map(heading ->
            heading
                .group(1)
                .strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                .replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  /// Who is woken by an alert finds what it says and what to do.
  @Test
  void everyAlertSaysWhatToDo() {
    Set<String> told =
        ALERT_ROW
            .matcher(text(HOME.resolve("docs/operations.md")))
            .results()
            .map(row -> row.group(1))
            .collect(Collectors.toSet());
    Set<String> alerts =
        files(".yaml").stream()
            .filter(file -> file.getParent().endsWith("rules"))
            .flatMap(file -> ALERT.matcher(text(file)).results())
            .map(alert -> alert.group(1))
            .collect(Collectors.toSet());

    assertThat(alerts).hasSizeGreaterThan(20).isEqualTo(told);
  }

  private static Set<String> requirements() {
    Set<String> ids = new HashSet<>();
    List<String> twice = new ArrayList<>();
    text(HOME.resolve("docs/requirements.md"))
        .lines()
        .flatMap(line -> CELL.matcher(line).results())
        .flatMap(cell -> ITEM.matcher(cell.group(1)).results())
        .flatMap(DocsTest::range)
        .forEach(id -> {
          if (!ids.add(id)) {
            twice.add(id);
          }
        });
    assertThat(twice).as("rows that stand twice").isEmpty();
    return ids;
  }

  private static Stream<String> range(MatchResult item) {
    int first = Integer.parseInt(item.group(2));
    int last = item.group(3) == null ? first : Integer.parseInt(item.group(3));
    return IntStream.rangeClosed(first, last).mapToObj(number -> item.group(1) + number);
  }

  private static List<Path> files(String... suffixes) {
    try (Stream<Path> all = Files.walk(HOME)) {
      List<Path> found =
          all.filter(file -> Stream.of(suffixes).anyMatch(file.toString()::endsWith))
              .filter(file -> isOurs(HOME.relativize(file)))
              .toList();
      assertThat(found).isNotEmpty();
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Not what a build or a run has made.
  private static boolean isOurs(Path relative) {
    for (Path part : relative) {
      if (Set.of("target", "data", ".git").contains(part.toString())) {
        return false;
      }
    }
    return true;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
