package io.gatepost.allinone.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.cli.CommandTree;
import io.gatepost.contract.wire.ContractJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class RoutesCommandTest {

  /// Where the tests run: the module's directory.
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @TempDir private Path directory;

  private final StringWriter output = new StringWriter();
  private final StringWriter errors = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = CommandTree.of(List.of(), List.of(new RoutesCommand()));
    line.setOut(new PrintWriter(output, true));
    line.setErr(new PrintWriter(errors, true));
    return line.execute(arguments);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  private String settings(String name, String routing) throws IOException {
    return file(name, "gatepost:\n  routing:\n    " + routing.replace("\n", "\n    ") + "\n");
  }

  @Test
  void findingsAreLinesAndErrorsAreTheStatus() throws IOException {
    String aliases = file("aliases", "a: b\nb: a\nalice: bob\n");
    String config = settings("gatepost.yaml", "aliases: " + aliases);

    int status = run("routes", "check", "--config", config);

    assertThat(status).isOne();
    assertThat(output.toString())
        .startsWith(
            """
            error  loop  %s:1
                a@example.test leads round in circles, or to too many addresses
                -> see ./gatepost route a@example.test, and let one of them end
            """
                .formatted(aliases))
        .endsWith("2 errors, 1 warnings\n");
    assertThat(errors.toString()).isEmpty();
  }

  @Test
  void warningsAloneAreNoFailure() throws IOException {
    String config = settings("gatepost.yaml", "aliases: " + file("aliases", "alice: bob\n"));

    assertThat(run("routes", "check", "--config", config)).isZero();
    assertThat(output.toString()).endsWith("0 errors, 1 warnings\n");
  }

  @Test
  void findingsAreJsonWhereThatIsAskedFor() throws IOException {
    String aliases = file("aliases", "a: b\nb: a\n");
    String config = settings("gatepost.yaml", "aliases: " + aliases);

    int status = run("routes", "check", "--json", "--config", config);

    assertThat(status).isOne();
    assertThat(output.toString().lines().map(line -> ContractJson.MAPPER.readTree(line)))
        .extracting(json -> json.get("where").asString())
        .containsExactly(aliases + ":1", aliases + ":2");
  }

  @Test
  void usersScriptsAreLookedAtAndCounted() throws IOException {
    Path scripts = Files.createDirectories(directory.resolve("sieve").resolve("example.test"));
    Files.writeString(scripts.resolve("alice.sieve"), "keep;");
    Path broken = Files.writeString(scripts.resolve("bob.sieve"), "keep;\nkept;\n");
    String config = settings("gatepost.yaml", "sieve-directory: " + directory.resolve("sieve"));

    assertThat(run("routes", "check", "--config", config)).isZero();
    assertThat(output.toString())
        .startsWith("warning  broken-script  " + broken + ":2\n    unknown command \"kept\"\n")
        .endsWith("0 errors, 1 warnings; 2 scripts were looked at\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"order: [dns, mailboxes]", "aliasses: /etc/aliases", "sql:\n  password: hushhush"})
  void settingsThatAreRefusedAreOneLineWithoutSecrets(String routing) throws IOException {
    String config = settings("gatepost.yaml", routing);

    assertThat(run("routes", "check", "--config", config)).isEqualTo(78);
    assertThat(errors.toString()).startsWith("gatepost: gatepost.routing").hasLineCount(1);
    assertThat(errors.toString()).doesNotContain("hushhush");
  }

  @Test
  void theExampleThatIsShippedIsClean() {
    assertThat(run("routes", "check", "--config", ROOT.resolve("deploy/gatepost.yaml").toString()))
        .isZero();
    assertThat(output.toString()).isEqualTo("0 errors, 0 warnings\n");
  }

  @Test
  void withoutSettingsThereIsNothingToFind() {
    assertThat(run("routes", "check", "--data", directory.toString())).isZero();
    assertThat(output.toString()).isEqualTo("0 errors, 0 warnings\n");
  }

  /// A line of settings before and after, and what changes for alice@example.test and x@d.test.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      nullValues = "-",
      value = {
        "mailboxes: [alice]; mailboxes: [alice, bob]; -",
        "mailboxes: [alice]; mailboxes: [bob]; alice@example.test,- alice@example.test to"
            + " maildir:alice@example.test,+ 550 5.1.1 No such user: alice@example.test",
        "local-domains: [example.test]; local-domains: [example.test, d.test]; x@d.test,- x@d.test"
            + " to mx:d.test,+ 550 5.1.1 No such user: x@d.test,- strangers: 554 5.7.1 Relay access"
            + " denied,+ strangers: 550 5.1.1 No such user: x@d.test"
      })
  void whatChangesIsShown(String before, String after, String expected) throws IOException {
    int status = diff(before, after, "alice@example.test\n\nx@d.test\n");

    assertThat(status).isEqualTo(expected == null ? 0 : 1);
    assertThat(output.toString().lines().map(String::strip))
        .containsExactly(
            expected == null
                ? new String[] {"0 of 2 addresses change"}
                : (expected + ",1 of 2 addresses change").split(","));
  }

  private int diff(String before, String after, String addresses, String... more)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "routes",
                "diff",
                settings("old.yaml", before),
                settings("new.yaml", after),
                file("addresses", addresses)));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void aTableThatChangesIsComparedByWhereItLeads() throws IOException {
    String old = file("old", "d.test smtp:relay.test\ne.test smtp:e.test\n");
    String fresh = file("new", "d.test smtp:[192.0.2.1]\n");

    int status = diff("mailertable: " + old, "mailertable: " + fresh, "x@d.test\nx@e.test\n");

    assertThat(status).isOne();
    assertThat(output.toString())
        .isEqualTo(
            """
            x@d.test
              - x@d.test to mx:relay.test
              + x@d.test to smtp:[192.0.2.1]
            x@e.test
              - strangers: x@e.test to mx:e.test
              + strangers: 554 5.7.1 Relay access denied
            2 of 2 addresses change
            """);
  }

  @Test
  void aDirectoryIsNamedAndNotAsked() throws IOException {
    String ldap =
        """
        ldap:
          urls: [ldap://192.0.2.1]
          base: dc=example
          domains: [example.test]\
        """;

    assertThat(diff("mailboxes: [alice]", ldap, "alice@example.test\n", "--json")).isOne();
    assertThat(
            ContractJson.MAPPER
                .readTree(output.toString())
                .get("after")
                .get("own")
                .get(0)
                .asString())
        .isEqualTo("451 4.3.0 asks the directory for alice@example.test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", "a@b@", "\u00ff"})
  void aLineThatIsNoAddressIsNamed(String line) throws IOException {
    assertThat(diff("mailboxes: [a]", "mailboxes: [a]", "a@example.test\n" + line + "\n"))
        .isEqualTo(65);
    assertThat(errors.toString()).contains("addresses:2 = ").contains("expected: an address");
  }

  @Test
  void aLineWithoutAnEndIsRefusedBeforeItFillsTheMemory() throws IOException {
    assertThat(diff("mailboxes: [a]", "mailboxes: [a]", "a".repeat(10_000))).isEqualTo(65);
    assertThat(errors.toString().length()).isLessThan(2_000);
  }

  @Test
  void aTableThatCannotBeUsedEndsTheComparison() throws IOException {
    assertThat(diff("mailboxes: [a]", "aliases: /nonexistent", "a@example.test\n")).isEqualTo(78);
    assertThat(errors.toString()).contains("gatepost.routing.aliases").hasLineCount(1);
  }

  @Test
  void addressesThatCannotBeReadAreNoInput() throws IOException {
    String config = settings("old.yaml", "mailboxes: [a]");
    Path latin =
        Files.write(
            directory.resolve("latin"), "\u00e4@x.test\n".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(run("routes", "diff", config, config, "/nonexistent")).isEqualTo(66);
    assertThat(run("routes", "diff", config, config, latin.toString())).isEqualTo(66);
  }
}
