package io.gatepost.routing.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteAnswer.Validity;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.rpc.Known;
import io.gatepost.routing.chain.QueryAnswers;
import io.gatepost.routing.chain.Router;
import io.gatepost.routing.chain.RouterName;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.chain.RoutingChain;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Scripts as they lie in the directory, asked through a chain in which every address of
/// example.test is a mailbox.
class SieveFilterTest {

  private static final Duration TWO_SECONDS = Duration.ofSeconds(2);
  private static final DomainName HERE = DomainName.of("example.test");

  @TempDir private Path directory;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private SieveFilter filter;
  private RoutingChain chain;

  /// Mailboxes here, hosts elsewhere.
  private record Everywhere(RouterName name) implements Router {
    @Override
    public String source(RouteRequest request) {
      return "the test";
    }

    @Override
    public RouterResult route(RouteRequest request) {
      ForwardPath to = request.recipient();
      String user = to.localPart().lookupKey().replaceFirst("\\+.*", "");
      return new RouterResult.Deliver(
          to.domain().equals(HERE)
              ? new Destination.Mailbox(user, HERE)
              : new Destination.Smtp(
                  "mx:" + to.domain(),
                  List.of(new Destination.NextHop("mx." + to.domain(), "192.0.2.1", 25))));
    }
  }

  @BeforeEach
  void start() throws IOException {
    Files.createDirectory(directory.resolve("example.test"));
    filter = new SieveFilter(new Scripts(directory), meters);
    QueryAnswers none =
        query -> {
          throw new AssertionError(query.words());
        };
    chain = new RoutingChain(List.of(new Everywhere(RouterName.DNS)), filter, none);
  }

  @AfterEach
  void stop() {
    filter.close();
  }

  private void script(String user, String text) throws IOException {
    Path next = Files.writeString(directory.resolve("next"), text);
    Files.move(
        next,
        directory.resolve("example.test/" + user + ".sieve"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  private RouteAnswer route(String from, String to) {
    return chain
        .route(new RouteRequest(ReversePath.of(from), ForwardPath.of(to), Scope.HOSTED))
        .block(Duration.ofSeconds(10));
  }

  private String ends(String from, String to) {
    return switch (route(from, to)) {
      case RouteAnswer.Resolved resolved ->
          String.join(
              " ", resolved.legs().stream().map(leg -> leg.destination().name()).sorted().toList());
      case RouteAnswer.Refused(var reason, var reply, var _) -> reason.label() + " " + reply;
      case RouteAnswer.TryLater later -> later.reply().toString();
    };
  }

  private String ends(String to) {
    return ends("tim@far.example", to);
  }

  private double count(String result) {
    return meters.get("gatepost.routing.sieve.decisions").tag("result", result).counter().count();
  }

  @Test
  void theUsersWordsAreTheReply() throws IOException {
    script("ann", "require \"reject\"; reject text:\nNo\tth\u00e4nk you \u20ac.\n\u0007Bye.\n.\n;");

    assertThat(ends("ann@example.test"))
        .isEqualTo("refused_by_user 550 5.7.1 No thank you ?.\nBye.");
    assertThat(route("a@b", "ann@example.test").validity()).isEqualTo(Validity.MOMENTARY);
    assertThat(count("refused")).isEqualTo(2);
  }

  @Test
  void longWordsAreCutAndEmptyOnesReplaced() throws IOException {
    script("ann", "require \"reject\"; reject \"" + "word ".repeat(5_000) + "\";");
    script("bob", "require \"reject\"; reject \" \u0301 \";");

    assertThat(ends("ann@example.test")).hasSizeBetween(1_000, 1_100).endsWith("...");
    assertThat(ends("bob@example.test"))
        .isEqualTo("refused_by_user 550 5.7.1 The recipient does not want this message");
  }

  /// Requirements C18, C19.
  @Test
  void senderAndDetailDecide() throws IOException {
    script(
        "ann",
        """
        require ["envelope", "subaddress", "reject"];
        if envelope :domain "from" "ads.example" { reject "No advertisements"; }
        if envelope :detail "to" "bad" { reject "No such list"; }
        """);

    assertThat(ends("x@ads.example", "ann@example.test")).contains("No advertisements");
    assertThat(ends("x@far.example", "ann@example.test")).isEqualTo("maildir:ann@example.test");
    assertThat(ends("x@far.example", "ann+ok@example.test")).isEqualTo("maildir:ann@example.test");
    assertThat(ends("x@far.example", "ann+bad@example.test")).contains("No such list");
  }

  /// Requirement C20: also the first script of a user, and the end of the last.
  @Test
  void aChangeCountsWithinTwoSeconds() throws IOException {
    assertThat(ends("ann@example.test")).isEqualTo("maildir:ann@example.test");

    script("ann", "discard;");
    await().atMost(TWO_SECONDS).until(() -> ends("ann@example.test").startsWith("discard:"));
    script("ann", "redirect \"a@b\";"); // of another length, or not: it is another file
    await().atMost(TWO_SECONDS).until(() -> ends("ann@example.test").equals("mx:b"));
    Files.delete(directory.resolve("example.test/ann.sieve"));
    await().atMost(TWO_SECONDS).until(() -> ends("ann@example.test").startsWith("maildir:"));
  }

  @Test
  void redirectionsTakePartInRouting() throws IOException {
    script("ann", "redirect \"bob@example.test\"; redirect \"far@far.example\";");
    script("bob", "require \"copy\"; redirect :copy \"eve@example.test\";");

    assertThat(ends("ann@example.test"))
        .isEqualTo("maildir:bob@example.test maildir:eve@example.test mx:far.example");
  }

  @Test
  void circlesAreLoops() throws IOException {
    script("ann", "redirect \"bob@example.test\";");
    script("bob", "redirect \"ann@example.test\";");
    script(
        "eve",
        """
        require ["envelope", "variables"];
        if envelope :matches :localpart "to" "*" { redirect "${1}+x@example.test"; }
        """);

    assertThat(ends("ann@example.test")).startsWith("routing_loop 550 5.4.6");
    assertThat(ends("eve@example.test")).startsWith("routing_loop 550 5.4.6");
  }

  @Test
  void aBrokenScriptIsSkippedAndCounted() throws IOException {
    script("ann", "reject \"no require\";");
    script("bob", "require \"reject\"; keep; reject \"both\";");
    script("eve", "\u0000".repeat(70_000));
    Files.write(directory.resolve("example.test/pat.sieve"), new byte[] {'#', (byte) 0xff});
    Files.createDirectory(directory.resolve("example.test/dir.sieve"));

    for (String user : List.of("ann", "bob", "eve", "pat", "dir")) {
      assertThat(ends(user + "@example.test")).isEqualTo("maildir:" + user + "@example.test");
    }
    assertThat(count("skipped")).isEqualTo(5);
    assertThat(meters.get("gatepost.routing.sieve.broken").gauge().value()).isEqualTo(4);
  }

  @Test
  void namesLeadNowhereElse() throws IOException {
    Files.writeString(directory.resolve("secret.sieve"), "discard;");
    ScriptFiles files = new ScriptFiles(directory);

    for (String user :
        List.of("../secret", "..", ".hidden", "a/b", "a\\b", "a\nb", "", "x".repeat(300))) {
      assertThat(files.path(new Destination.Mailbox(user, HERE))).as(user).isEmpty();
    }
    assertThat(files.path(new Destination.Mailbox("x", DomainName.of("[../../x]")))).isEmpty();
    assertThat(files.path(new Destination.Mailbox("ann", HERE)))
        .hasValue(directory.resolve("example.test/ann.sieve"));
  }

  @Test
  void scriptsThatAreInMemoryAnswerAtOnceAndAreBounded() throws IOException {
    for (int i = 0; i < 200; i++) {
      script("user" + i, "#".repeat(1_000) + "\ndiscard;");
    }
    try (Scripts few = new Scripts(new ScriptFiles(directory), 100_000, System::nanoTime)) {
      for (int i = 0; i < 200; i++) {
        few.of(new Destination.Mailbox("user" + i, HERE)).block();
      }
      assertThat(few.octets()).isBetween(1L, 100_000L);
    }
    try (Scripts many = new Scripts(directory)) {
      many.of(new Destination.Mailbox("user0", HERE)).block();

      assertThat(Known.isKnown(many.of(new Destination.Mailbox("user0", HERE)))).isTrue();
    }
  }
}
