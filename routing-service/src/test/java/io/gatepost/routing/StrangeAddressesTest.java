package io.gatepost.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.OwnHosts;
import io.gatepost.routing.chain.RoutingChain;
import io.gatepost.routing.script.Scripts;
import io.gatepost.routing.script.SieveFilter;
import io.gatepost.routing.table.Aliases;
import io.gatepost.routing.table.Includes;
import io.gatepost.routing.table.LocalDomains;
import io.gatepost.routing.table.Mailertable;
import io.gatepost.routing.table.Regsub;
import io.gatepost.routing.table.Virtusertable;
import io.gatepost.testkit.peer.TinyCdb;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/// Addresses as clients make them up, through tables of text and cdb and a user's script: where
/// they lead, for a stranger. docs/routing.md, "Unusual addresses", says the same.
class StrangeAddressesTest {

  private static final LocalDomains LOCAL =
      LocalDomains.of(List.of("here.example", "[192.0.2.99]"), List.of("alice", "bob"));

  @TempDir private Path directory;

  private Path table(boolean cdb, String name, String separator, String... lines)
      throws IOException {
    return cdb
        ? new TinyCdb()
            .create(
                directory.resolve(name + ".cdb"),
                List.of(lines).stream()
                    .map(line -> line.split(separator, 2))
                    .map(parts -> TinyCdb.Entry.of(parts[0].strip(), parts[1].strip()))
                    .toList())
        : Files.write(directory.resolve(name), List.of(lines));
  }

  private RoutingTables tables(boolean cdb) throws IOException {
    Aliases aliases =
        Aliases.read(
            new FileReading(
                table(
                    cdb,
                    "aliases",
                    ": ",
                    "team: alice",
                    "gr\u00fcn: bob",
                    "list+*: alice",
                    "full++: alice",
                    "full: bob")),
            new Includes.Directory(Optional.empty()));
    Virtusertable virtusertable =
        Virtusertable.read(
            new FileReading(
                table(
                    cdb,
                    "virtusertable",
                    " ",
                    "@w.example %1%3@here.example",
                    "x@[192.0.2.50] bob@here.example",
                    "@renamed.example %1@far.example")),
            LOCAL);
    Mailertable mailertable =
        Mailertable.read(
            new FileReading(table(cdb, "mailertable", " ", "dept.example smtp:[192.0.2.25]")));
    Regsub regsub =
        Regsub.parse("regsub", List.of("/^(.*)%(.*)@hack\\.example$/ error:5.7.1:550 no"), LOCAL);
    return new RoutingTables(
        () -> LOCAL,
        Optional.of(() -> aliases),
        Optional.of(() -> virtusertable),
        Optional.of(() -> regsub),
        Optional.of(() -> mailertable));
  }

  private String ends(boolean cdb, String address) throws IOException {
    Path sieve = Files.createDirectories(directory.resolve("sieve").resolve("here.example"));
    Files.writeString(
        sieve.resolve("bob.sieve"),
        """
        require ["envelope", "subaddress", "reject", "variables"];
        if envelope :detail "to" "" { reject "empty detail"; }
        if envelope :matches :detail "to" "*@*" { reject "${1} at ${2}"; }
        """);
    Sources sources = new Sources(_ -> Mono.error(new IllegalStateException("the DNS is asked")));
    try (SieveFilter filter =
        new SieveFilter(new Scripts(directory.resolve("sieve")), new SimpleMeterRegistry())) {
      RouteExplanation explained =
          new RoutingChain(
                  RouterOrder.of(RouterOrder.DEFAULT)
                      .arrange(
                          StandardRouters.configured(
                              tables(cdb),
                              sources,
                              HostRule.ELSEWHERE,
                              new OwnHosts(
                                  List.of(),
                                  Set.of(InetAddress.ofLiteral("192.0.2.99")),
                                  Set::of))),
                  filter,
                  sources)
              .explain(
                  new RouteRequest(
                      ReversePath.of("x@far.example"), ForwardPath.of(address), Scope.HOSTED))
              .block();
      return switch (explained.answer()) {
        case RouteAnswer.Resolved(var legs, var _, var _, var _) ->
            String.join(" ", legs.stream().map(leg -> leg.destination().name()).toList());
        case RouteAnswer.Refused(var _, var reply, var _) -> reply.toString();
        case RouteAnswer.TryLater(var _, var reply) -> reply.toString();
      };
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {
        // address literals: local ones are listed, others are strangers' business
        "alice@[192.0.2.99]; maildir:alice@[192.0.2.99]",
        "nobody@[192.0.2.99]; 550 5.1.1 No such user: nobody@[192.0.2.99]",
        "x@[192.0.2.50]; maildir:bob@here.example",
        "x@[192.0.2.51]; 554 5.7.1 Relay access denied",
        "alice@[IPv6:2001:db8::1]; 554 5.7.1 Relay access denied",
        // quoted local parts
        "\"alice\"@here.example; maildir:alice@here.example",
        "\"al\\ice\"@here.example; maildir:alice@here.example",
        "\"alice@here.example\"@here.example; 550 5.1.1 No such user:"
            + " \"alice@here.example\"@here.example",
        "\"x@far.example,y\"@w.example; 550 5.1.1 No such user: \"x@far.example,y\"@here.example",
        "\"\"@here.example; 550 5.1.1 No such user: \"\"@here.example",
        "\"\"@w.example; 550 5.1.3 \"\"@w.example leads to what is no address",
        "\"team\"@here.example; maildir:alice@here.example",
        // beyond ASCII
        "gr\u00fcn@here.example; maildir:bob@here.example",
        "GR\u00dcN@here.example; maildir:bob@here.example",
        "gru\u0308n@here.example; maildir:bob@here.example",
        // percent hack and bang path: letters of a local part
        "alice%far.example@here.example; 550 5.1.1 No such user: alice%far.example@here.example",
        "far.example!alice@here.example; 550 5.1.1 No such user: far.example!alice@here.example",
        "alice%here.example@hack.example; 550 5.7.1 no",
        // case
        "ALICE@HERE.EXAMPLE; maildir:alice@here.example",
        "PostMaster@Here.Example; maildir:alice@here.example",
        "X@DEPT.EXAMPLE; smtp:[192.0.2.25]",
        // details
        "alice+@here.example; maildir:alice@here.example",
        "alice++@here.example; maildir:alice@here.example",
        "+alice@here.example; 550 5.1.1 No such user: +alice@here.example",
        "list+@here.example; maildir:alice@here.example",
        "full+@here.example; maildir:bob@here.example",
        "full+x@here.example; maildir:alice@here.example",
        "bob+@here.example; 550 5.7.1 empty detail",
        "\"bob+a@b\"@here.example; 550 5.7.1 a at b",
        "alice+@w.example; maildir:alice@here.example"
      })
  void leadsWhereTheGuideSays(String address, String expected) throws IOException {
    assertThat(ends(false, address)).isEqualTo(expected);
    assertThat(ends(true, address)).isEqualTo(expected);
  }

  @Test
  void theLongestAddressesLeadSomewhereToo() throws IOException {
    String user = "x".repeat(255);

    assertThat(ends(true, user + "@here.example"))
        .isEqualTo("550 5.1.1 No such user: " + user + "@here.example");
    assertThat(ends(true, "alice+" + "x".repeat(249) + "@here.example"))
        .isEqualTo("maildir:alice@here.example");
    assertThat(ends(true, "x".repeat(64) + "@" + "a.".repeat(127) + "b"))
        .isEqualTo("554 5.7.1 Relay access denied");
  }

  /// Addresses that no router sees: the edge answers for them.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "alice@here.example.",
        "alice.@here.example",
        "@relay.example:alice@here.example",
        "alice@",
        "@here.example",
        "alice@[192.0.2.99",
        "alice here@here.example"
      })
  void isNoAddressAtAll(String text) {
    assertThatThrownBy(() -> ForwardPath.of(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
