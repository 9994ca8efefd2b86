package io.gatepost.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.check.Finding;
import io.gatepost.testkit.peer.TinyCdb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Findings of the check, and mistakes that it leaves alone.
class RoutesCheckTest {

  private static final Duration SECONDS = Duration.ofSeconds(20);

  @TempDir private Path directory;

  /// In each line a table, and what is found in it; `~` ends a line of the table. The local domain
  /// is example.test with the mailboxes alice and bob; d.test is in the mailertable unless the line
  /// is about that table.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      nullValues = "-",
      value = {
        // loops
        "aliases; a: b~b: a; error loop aliases:1, error loop aliases:2",
        "aliases; a: b~b: alice@d.test; -",
        "aliases; alice: alice, ann~ann: alice, bob; -",
        "virtusertable; x@v.test y@w.test~y@w.test x@v.test; error loop virtusertable:1, error loop"
            + " virtusertable:2",
        "regsub; /^(.*)@v\\.test$/ $1@w.test~/^([^@]+)@w\\.test$/ $1@v.test; error loop regsub:1,"
            + " error loop regsub:2",
        "regsub; /^(.*)@v\\.test$/ $1-x@v.test; error loop regsub:1",
        "regsub; /^(.*)@v\\.test$/ $1@d.test; -",
        // dead lines of regsub
        "regsub; /x@/ a@d.test~/x@/ b@d.test; warning dead-rule regsub:2",
        "regsub; /^.*@.*$/ a@d.test~/x@/ b@d.test; warning dead-rule regsub:2, warning"
            + " over-estimate regsub:1, warning shadowed-key gatepost.routing.mailboxes, warning"
            + " shadowed-key gatepost.routing.mailboxes, warning shadowed-key mailertable:1",
        "regsub; /@v\\.test$/ error:nouser no~/^x(.*)@v\\.test$/ b@d.test; warning dead-rule"
            + " regsub:2",
        "regsub; /^x.*@v\\.test$/ a@d.test~/^xyz@v\\.test$/ b@d.test; warning dead-rule regsub:2",
        "regsub; /^xyz@v\\.test$/ b@d.test~/^x.*@v\\.test$/ a@d.test; -",
        "regsub; /zqxk/ b@w.test; -",
        "regsub; /^x@v\\.test$/ a@d.test~/^y@v\\.test$/ a@d.test; -",
        "regsub; /@v\\.test$/ error:nouser no~/^x|@v\\.test$/ b@d.test; -",
        // the same key in two tables
        "aliases; alice: bob; warning shadowed-key gatepost.routing.mailboxes",
        "aliases; alice: alice, bob; -",
        "virtusertable; bob@example.test alice@d.test~@example.test bob@d.test; warning"
            + " over-estimate virtusertable:2, warning shadowed-key gatepost.routing.mailboxes,"
            + " warning shadowed-key gatepost.routing.mailboxes",
        "mailertable; example.test smtp:[192.0.2.1]; warning shadowed-key mailertable:1",
        "mailertable; .example.test smtp:[192.0.2.1]; -",
        // targets that go nowhere
        "aliases; info: nobody; error leads-nowhere aliases:1",
        "aliases; info: bob, nobody; warning leads-nowhere aliases:1",
        "aliases; info: bob, ann@d.test, x@far.test; -",
        "virtusertable; info@v.test nobody@example.test; error leads-nowhere virtusertable:1",
        "virtusertable; info@v.test %2@far.test; error leads-nowhere virtusertable:1",
        "virtusertable; info+*@v.test %2@far.test; -",
        "virtusertable; @v.test %1@example.test; -",
        // hosts and replies
        "mailertable; v.test smtp:192.0.2.1; error odd-host mailertable:1",
        "mailertable; v.test smtp:mail; warning odd-host mailertable:1",
        "mailertable; . smtp:[mail]; warning odd-host mailertable:1",
        "mailertable; v.test smtp:mail.v.test~. smtp:[192.0.2.1]; -",
        "mailertable; v.test error:5.1.2:540 gone; warning odd-reply mailertable:1",
        "virtusertable; x@v.test error:5.1.1:540 no; warning odd-reply virtusertable:1",
        "virtusertable; x@v.test error:5.17.1:550 no; warning odd-reply virtusertable:1",
        "virtusertable; x@v.test error:4.2.1:421 no; error unusable virtusertable:1",
        "virtusertable; x@v.test error:5.1.1:550 no~y@v.test error:tempfail no; -",
        "regsub; /@v\\.test$/ error:5.1.1:540 no; warning odd-reply regsub:1",
        "aliases; x: error:5.1.1:540 no; warning odd-reply aliases:1",
        // lists that over-estimate
        "virtusertable; @v.test alice@example.test; warning over-estimate virtusertable:1",
        "aliases; @.v.test: alice@example.test; warning over-estimate aliases:1",
        "virtusertable; @v.test error:nouser no; -",
        "virtusertable; ann@d.test ann@d.test; warning over-estimate virtusertable:1",
        "aliases; ann@d.test: ann@d.test; warning over-estimate aliases:1",
        "virtusertable; ann@d.test alice@example.test; -",
        "aliases; ann@d.test: ann@d.test, bob@example.test; -",
        "regsub; /@v\\.test$/ alice@example.test; warning over-estimate regsub:1",
        "regsub; /^(.+)@v\\.test$/ $1@example.test; -",
        // lines that cannot be used
        "aliases; x: |/bin/sh; error unusable aliases:1",
        "mailertable; v.test nothing; error unusable mailertable:1",
        "mailboxes-file; a@far.test; error unusable mailboxes-file:1",
        "mailboxes-file; carol; -"
      })
  void findsWhatIsWrongAndNothingElse(String table, String lines, String expected)
      throws IOException {
    OfflineFixture settings =
        new OfflineFixture(directory)
            .with("mailboxes", "alice,bob")
            .table("mailertable", "d.test smtp:[192.0.2.9]")
            .table(table, lines);

    assertThat(settings.findings().stream().map(OfflineFixture::brief))
        .containsExactlyInAnyOrderElementsOf(
            expected == null ? List.of() : List.of(expected.split(", ")));
  }

  @Test
  void aFileThatIsNotThereIsFoundBesideTheOthers() throws IOException {
    OfflineFixture settings =
        new OfflineFixture(directory)
            .with("aliases", directory.resolve("none").toString())
            .table("virtusertable", "x@v.test %9@d.test");

    assertThat(settings.findings().stream().map(OfflineFixture::brief))
        .containsExactly(
            "error unusable gatepost.routing.aliases", "error unusable virtusertable:1");
  }

  @ParameterizedTest
  @CsvSource({
    "alice@example.test, true",
    "alice, false",
    "'alice@example.test,carol@other.test', false"
  })
  void aLocalDomainWithoutAddressesIsAnError(String mailboxes, boolean found) {
    OfflineFixture settings =
        new OfflineFixture(directory)
            .with("local-domains", "example.test,other.test")
            .with("mailboxes", mailboxes);

    assertThat(settings.findings().stream().map(Finding::kind))
        .isEqualTo(found ? List.of(Finding.Kind.UNSERVED_DOMAIN) : List.of());
  }

  @ParameterizedTest
  @CsvSource({"aliases, info: alice", "virtusertable, info@other.test alice@example.test"})
  void aDomainWithAliasesAloneIsServed(String table, String line) throws IOException {
    OfflineFixture settings =
        new OfflineFixture(directory)
            .with("local-domains", "example.test,other.test")
            .with("mailboxes", "alice@example.test")
            .table(table, line);

    assertThat(settings.findings())
        .noneMatch(finding -> finding.kind() == Finding.Kind.UNSERVED_DOMAIN);
  }

  @Test
  void aliasesWithoutADomainNeedALocalOne() throws IOException {
    OfflineFixture settings =
        new OfflineFixture(directory)
            .with("local-domains", "")
            .with("mailboxes-file", empty())
            .table("aliases", "info: ann@far.test~info@far.test: ann@far.test");

    assertThat(settings.findings().stream().map(OfflineFixture::brief))
        .containsExactly("warning dead-rule aliases:1");
  }

  @Test
  void theOrderOfTheSettingsDecidesWhichKeyIsShadowed() throws IOException {
    OfflineFixture settings =
        new OfflineFixture(directory)
            .table("aliases", "info@v.test: alice@example.test")
            .table("virtusertable", "info@v.test bob@example.test");
    List<String> usual = settings.findings().stream().map(OfflineFixture::brief).toList();

    settings.with("order", "virtusertable,aliases,mailboxes,relay-control,address-literal,dns");

    assertThat(usual).containsExactly("warning shadowed-key virtusertable:1");
    assertThat(settings.findings().stream().map(OfflineFixture::brief))
        .containsExactly("warning shadowed-key aliases:1");
  }

  @Test
  void anOrderThatLeavesATableOutIsRefused() throws IOException {
    OfflineFixture settings =
        new OfflineFixture(directory)
            .table("aliases", "info: alice")
            .with("order", "mailboxes,relay-control,dns");

    assertThatThrownBy(settings::routing)
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("aliases in the list");
  }

  @Test
  void cdbIsReadAsTextIs() {
    Path cdb =
        new TinyCdb()
            .create(
                directory.resolve("virtusertable.cdb"),
                List.of(
                    TinyCdb.Entry.of("x@v.test", "nobody@example.test"),
                    TinyCdb.Entry.of("@w.test", "alice@example.test")));
    OfflineFixture settings = new OfflineFixture(directory).with("virtusertable", cdb.toString());

    assertThat(settings.findings().stream().map(OfflineFixture::brief))
        .containsExactly(
            "error leads-nowhere virtusertable.cdb:x@v.test",
            "warning over-estimate virtusertable.cdb:@w.test");
  }

  @Test
  void nothingIsSaidOfWhatADirectoryKnows() throws IOException {
    OfflineFixture settings =
        new OfflineFixture(directory)
            .with("ldap.urls", "ldap://192.0.2.1")
            .with("ldap.base", "dc=example")
            .with("ldap.domains", "example.test")
            .table("aliases", "info: nobody~other: nobody@far.test");

    assertThat(settings.findings()).isEmpty();
  }

  @Test
  void aHundredThousandAliasesTakeSeconds() throws IOException {
    String lines =
        IntStream.range(0, 100_000)
            .mapToObj(i -> "user" + i + ": " + (i == 77_777 ? "nobody" : "alice"))
            .collect(Collectors.joining("~"));
    OfflineFixture settings = new OfflineFixture(directory).table("aliases", lines);
    long start = System.nanoTime();

    List<Finding> findings = settings.findings();

    assertThat(findings.stream().map(OfflineFixture::brief))
        .containsExactly("error leads-nowhere aliases:77778");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SECONDS);
  }

  private String empty() throws IOException {
    return Files.createFile(directory.resolve("empty")).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "example.test; -; warning shadowed-key gatepost.routing.local-domains",
        "d.test; -; warning shadowed-key mailertable",
        "x.below.test; -; ''",
        "far.test; -; ''",
        "example.test; aliases,mailboxes,sql,mailertable,relay-control,smart-host,address-literal,dns;"
            + " warning shadowed-key gatepost.routing.sql.domains"
      })
  void aDomainOfTheDatabaseThatATableNamesTooIsFound(String domain, String order, String expected)
      throws IOException {
    OfflineFixture settings =
        new OfflineFixture(directory)
            .with("sql.query", "select leads_to from users where mail = :address")
            .with("sql.domains", domain)
            .table("mailertable", "d.test smtp:[192.0.2.9]~.below.test smtp:[192.0.2.9]");
    if (!order.equals("-")) {
      settings.with("order", order);
    }

    assertThat(settings.findings().stream().map(OfflineFixture::brief))
        .containsExactlyElementsOf(expected.isEmpty() ? List.of() : List.of(expected));
  }

  @Test
  void theDomainsOfTheDatabaseAreThoseThatWereLastKnown() throws IOException {
    Files.createDirectory(directory.resolve("routing"));
    Files.writeString(
        directory.resolve("routing").resolve("sql-domains"), "example.test\nother.test\n");

    assertThat(
            new OfflineFixture(directory)
                .with("sql.enabled", "true").findings().stream().map(OfflineFixture::brief))
        .containsExactly("warning shadowed-key gatepost.routing.local-domains");
  }

  @Test
  void scriptsThatAreSkippedAreFoundWithTheirLine() throws IOException {
    Path scripts = Files.createDirectories(directory.resolve("sieve").resolve("example.test"));
    Files.writeString(scripts.resolve("alice.sieve"), "keep;");
    Files.writeString(scripts.resolve("bob.sieve"), "keep;\nreject \"no\";\n");
    Files.writeString(
        scripts.resolve("carol.sieve"), "require \"reject\";\nkeep;\n\nreject \"no\";\n");
    Files.writeString(scripts.resolve("Dave.sieve"), "keep;");
    Files.write(scripts.resolve("eve.sieve"), new byte[] {'#', (byte) 0xff});
    Files.writeString(scripts.resolve("notes.txt"), "not a script");
    OfflineFixture settings =
        new OfflineFixture(directory).with("sieve-directory", directory.resolve("sieve") + "");

    assertThat(settings.findings().stream().map(OfflineFixture::brief))
        .containsExactly(
            "warning dead-rule Dave.sieve",
            "warning broken-script bob.sieve:2",
            "warning broken-script carol.sieve:4",
            "warning broken-script eve.sieve");
    assertThat(settings.findings().get(1).what()).isEqualTo("no require \"reject\" at \"reject\"");
    assertThat(settings.findings().get(2).what()).startsWith("fails for mail of the null sender");
  }
}
