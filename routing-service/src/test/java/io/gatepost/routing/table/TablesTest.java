package io.gatepost.routing.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.chain.RoutingChain;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TablesTest {

  @TempDir private Path directory;

  private static List<String> find(Aliases aliases, String address) {
    return aliases.route(ForwardPath.of(address), true) instanceof RouterResult.Rewrite(var found)
        ? found.stream().map(ForwardPath::toString).toList()
        : List.of();
  }

  @Test
  void aliasesAreContinuedAndCommented() {
    Aliases aliases =
        Aliases.parse(
            "aliases",
            List.of(
                "# the staff",
                "staff: alice, # first",
                "   bob@other.example",
                "",
                "\"John Smith\": alice",
                "a#b: alice # the hash is part of the name"));

    assertThat(find(aliases, "Staff@here.example"))
        .containsExactly("alice@here.example", "bob@other.example");
    assertThat(find(aliases, "\"john smith\"@here.example")).containsExactly("alice@here.example");
    assertThat(find(aliases, "a#b@here.example")).containsExactly("alice@here.example");
    assertThat(find(aliases, "nobody@here.example")).isEmpty();
  }

  @Test
  void theWholeAddressGoesBeforeTheLocalPartAndDetailBeforeNone() {
    Aliases aliases =
        Aliases.parse(
            "aliases",
            List.of(
                "info+x@here.example: one",
                "info+x: two",
                "info@here.example: three",
                "info: four"));

    assertThat(find(aliases, "info+x@here.example")).containsExactly("one@here.example");
    assertThat(find(aliases, "info+x@other.example")).containsExactly("two@other.example");
    assertThat(find(aliases, "info+y@here.example")).containsExactly("three@here.example");
    assertThat(find(aliases, "info@other.example")).containsExactly("four@other.example");
    assertThat(aliases.route(ForwardPath.of("info@far.example"), false))
        .isEqualTo(RouterResult.NO_MATCH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no colon",
        ": alice",
        "info:",
        "info: alice,,bob",
        "info: |/bin/sh",
        "info: \"|/bin/sh\"",
        "info: /var/mail/x",
        "info: :include:/etc/passwd",
        "info: not an address",
        "two words: alice",
        "info@: alice"
      })
  void aWrongAliasIsNamedWithItsLine(String line) {
    assertThatThrownBy(() -> Aliases.parse("aliases", List.of("# first", line)))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("aliases:2 = ");
  }

  @Test
  void anAliasHasNoMoreTargetsThanAnAddressMayLeadTo() {
    String most = "all: " + "a, ".repeat(RoutingChain.MAX_LEGS - 1) + "a";

    assertThat(find(Aliases.parse("aliases", List.of(most)), "all@here.example"))
        .hasSize(RoutingChain.MAX_LEGS);
    assertThatThrownBy(() -> Aliases.parse("aliases", List.of("# first", most + ",", " b")))
        .isInstanceOf(SettingException.class)
        .hasMessage("aliases:2 = \"1001 targets\" (expected: 1000 at most)");
  }

  @Test
  void anAliasStandsOnce() {
    assertThatThrownBy(() -> Aliases.parse("aliases", List.of("info: a", "INFO: b")))
        .hasMessageContaining("each key once");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sink.example",
        "sink.example smtp",
        "sink.example uucp:host",
        "sink.example smtp:",
        "sink.example smtp:host:0",
        "sink.example smtp:host:65536",
        "sink.example smtp:[127.0.0.1]:99999",
        "sink.example smtp:[host",
        "-bad- smtp:host",
        "bad.example error:5.1.2:450 classes differ",
        "bad.example error:4.3.2:421 the connection stays open",
        "bad.example error:tempfail 421 the connection stays open",
        "bad.example error:5.1.2:590 no such code",
        "bad.example error:nohost 590 no such code",
        "bad.example error:550 text",
        "bad.example error:5.1.2:550 "
      })
  void aWrongLineOfTheMailertableIsNamed(String line) {
    assertThatThrownBy(() -> Mailertable.parse("mailertable", List.of(line)))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("mailertable:1 = ");
  }

  @Test
  void theLongestMatchOfTheMailertableWins() {
    Mailertable table =
        Mailertable.parse(
            "mailertable",
            List.of(
                ".example smtp:[192.0.2.1]",
                ".b.example smtp:[192.0.2.2]",
                "a.b.example smtp:[192.0.2.3]"));

    assertThat(table.find(DomainName.of("a.b.example")).orElseThrow().toString())
        .contains("192.0.2.3");
    assertThat(table.find(DomainName.of("x.a.b.example")).orElseThrow().toString())
        .contains("192.0.2.2");
    assertThat(table.find(DomainName.of("b.example")).orElseThrow().toString())
        .contains("192.0.2.1");
    assertThat(table.find(DomainName.of("example"))).isEmpty();
    assertThat(table.defaultRoute()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "b\u00fccher.example",
        "B\u00dcCHER.Example.",
        "xn--bcher-kva.example",
        "XN--BCHER-KVA.example"
      })
  void aDomainIsTheSameInEveryTableHoweverItIsWritten(String domain) {
    ForwardPath ann = ForwardPath.of("ann@xn--bcher-kva.example");
    DomainName sub = DomainName.of("sub.xn--bcher-kva.example");
    LocalDomains local = LocalDomains.of(List.of(domain), List.of("ann@" + domain));
    Mailertable table =
        Mailertable.parse(
            "table", List.of(domain + " smtp:[192.0.2.1]", "." + domain + " smtp:[192.0.2.2]"));
    Aliases aliases = Aliases.parse("aliases", List.of("ann@" + domain + ": bob@" + domain));

    assertThat(local.mailbox(ann)).isPresent();
    assertThat(
            local
                .with("file", List.of("eve@" + domain))
                .mailbox(ForwardPath.of("eve@" + ann.domain())))
        .isPresent();
    assertThat(table.find(ann.domain()).orElseThrow().toString()).contains("192.0.2.1");
    assertThat(table.find(sub).orElseThrow().toString()).contains("192.0.2.2");
    assertThat(find(aliases, ann.toString())).containsExactly("bob@" + ann.domain());
  }

  @Test
  void aDomainStandsOnceHoweverItIsWritten() {
    assertThatThrownBy(() ->
            Mailertable.parse(
                "table",
                List.of(
                    "b\u00fccher.example smtp:[192.0.2.1]",
                    "xn--bcher-kva.example. smtp:[192.0.2.2]")))
        .hasMessageStartingWith("table:2 = ")
        .hasMessageContaining("each key once");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../etc", ".hidden", "a/b", "", "bob@far.example", "two words"})
  void aMailboxThatCannotBeOneIsRefused(String mailbox) {
    assertThatThrownBy(() -> LocalDomains.of(List.of("here.example"), List.of(mailbox)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.routing.mailboxes");
  }

  @Test
  void thePostmasterIsTheFirstMailboxInItsOwnDomain() {
    List<String> domains = List.of("a.example", "b.example");

    assertThat(mailbox(LocalDomains.of(domains, List.of("ann@a.example")), "postmaster@b.example"))
        .isEqualTo("maildir:ann@a.example");
    assertThat(mailbox(LocalDomains.of(domains, List.of("ann", "bob")), "postmaster@b.example"))
        .isEqualTo("maildir:ann@b.example");
  }

  @Test
  void mailboxesOfAFileComeBehindThoseOfTheSettings() {
    List<String> lines = List.of("# staff", "Bob", "", "eve@a.example # here only");
    LocalDomains none = LocalDomains.of(List.of("a.example", "b.example"), List.of());
    LocalDomains ann = LocalDomains.of(List.of("a.example", "b.example"), List.of("ann"));

    LocalDomains fromFile = none.with("file", lines);
    LocalDomains both = ann.with("file", lines);

    assertThat(mailbox(fromFile, "bob@b.example")).isEqualTo("maildir:bob@b.example");
    assertThat(mailbox(fromFile, "eve@a.example")).isEqualTo("maildir:eve@a.example");
    assertThat(mailbox(fromFile, "eve@b.example")).isEqualTo("none");
    assertThat(mailbox(fromFile, "postmaster@a.example")).isEqualTo("maildir:bob@a.example");
    assertThat(mailbox(both, "postmaster@a.example")).isEqualTo("maildir:ann@a.example");
    assertThat(mailbox(ann, "bob@b.example")).isEqualTo("none");
    assertThat(mailbox(none, "postmaster@a.example")).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../etc", "a/b", "bob@far.example", "two words", "bob@-"})
  void aWrongLineOfTheMailboxesFileIsNamed(String line) {
    LocalDomains local = LocalDomains.of(List.of("here.example"), List.of());

    assertThatThrownBy(() -> local.with("mailboxes", List.of("alice", line)))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("mailboxes:2 = ");
  }

  private static String mailbox(LocalDomains local, String address) {
    return local.mailbox(ForwardPath.of(address)).map(Destination.Mailbox::name).orElse("none");
  }
}
