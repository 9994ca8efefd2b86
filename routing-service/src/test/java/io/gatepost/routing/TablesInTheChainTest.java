package io.gatepost.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.routing.RouteRequest.Skip;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.MailboxFilter;
import io.gatepost.routing.chain.OwnHosts;
import io.gatepost.routing.chain.Query.HostQuery;
import io.gatepost.routing.chain.RoutingChain;
import io.gatepost.routing.table.Aliases;
import io.gatepost.routing.table.LocalDomains;
import io.gatepost.routing.table.Mailertable;
import io.gatepost.routing.table.Regsub;
import io.gatepost.routing.table.Virtusertable;
import io.gatepost.testkit.peer.TinyCdb;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/// Virtusertable and regsub among the other routers.
class TablesInTheChainTest {

  private static final OwnHosts NO_OWN_HOSTS = new OwnHosts(List.of(), Set.of(), Set::of);

  private static final LocalDomains LOCAL =
      LocalDomains.of(List.of("here.example", "other.example"), List.of("alice"));
  private static final Duration LONGEST = Duration.ofSeconds(20);

  @TempDir private Path directory;

  private final HostLookup dns =
      query ->
          Mono.just(
              new HostLookup.Found.Hosts(
                  new Destination.Smtp(
                      query instanceof HostQuery.MailExchange(var domain, var _, var _)
                          ? "mx:" + domain
                          : "host",
                      List.of(new Destination.NextHop("h", "192.0.2.1", 25)))));
  private Aliases aliases = Aliases.NONE;
  private Optional<Supplier<Virtusertable>> virtusertable = Optional.empty();
  private Optional<Supplier<Regsub>> regsub = Optional.empty();
  private Mailertable mailertable = Mailertable.NONE;

  private void virtusertable(String... lines) {
    Virtusertable table = Virtusertable.parse("virtusertable", List.of(lines), LOCAL);
    virtusertable = Optional.of(() -> table);
  }

  private void regsub(String... lines) {
    Regsub table = Regsub.parse("regsub", List.of(lines), LOCAL);
    regsub = Optional.of(() -> table);
  }

  private RouteAnswer route(RouteRequest request) {
    RoutingTables tables =
        new RoutingTables(
            () -> LOCAL,
            Optional.of(() -> aliases),
            virtusertable,
            regsub,
            Optional.of(() -> mailertable));
    Sources sources = new Sources(dns);
    return new RoutingChain(
            RouterOrder.of(RouterOrder.DEFAULT)
                .arrange(
                    StandardRouters.configured(tables, sources, HostRule.ELSEWHERE, NO_OWN_HOSTS)),
            MailboxFilter.NONE,
            sources)
        .route(request)
        .block(LONGEST);
  }

  private static RouteRequest request(String recipient, Scope scope) {
    return new RouteRequest(ReversePath.of("ann@sender.example"), ForwardPath.of(recipient), scope);
  }

  private static String words(RouteAnswer answer) {
    return switch (answer) {
      case RouteAnswer.Resolved(var legs, var _, var _, var _) ->
          String.join(
              " ",
              legs.stream().map(leg -> leg.address() + ">" + leg.destination().name()).toList());
      case RouteAnswer.Refused(var _, var reply, var _) -> reply.toString();
      case RouteAnswer.TryLater(var _, var reply) -> reply.toString();
    };
  }

  /// Returns the answer about a stranger's recipient.
  private String stranger(String recipient) {
    return words(route(request(recipient, Scope.HOSTED)));
  }

  private String own(String recipient) {
    return words(route(request(recipient, Scope.ANYWHERE)));
  }

  @Test
  void strangersMaySendToWhatTheVirtusertableListsWhereverItLeads() {
    virtusertable(
        "info@v.example alice@here.example",
        "far@v.example bob@far.example",
        "gone@v.example error:5.1.6:550 moved",
        "@whole.example %1@here.example");

    assertThat(stranger("info@v.example"))
        .isEqualTo("alice@here.example>maildir:alice@here.example");
    assertThat(stranger("far@v.example")).isEqualTo("bob@far.example>mx:far.example");
    assertThat(stranger("gone@v.example")).isEqualTo("550 5.1.6 moved");
    assertThat(stranger("alice@whole.example")).startsWith("alice@here.example>");
    assertThat(stranger("carol@whole.example")).startsWith("550 5.1.1 ");
    assertThat(stranger("bob@far.example")).isEqualTo(Replies.RELAY_DENIED.toString());
  }

  @Test
  void aMissingUserOfAListedDomainIsUnknownToStrangersAndOtherRoutersAreAskedFirst() {
    virtusertable(
        "info@v.example alice@here.example",
        "info@dept.example alice@here.example",
        "info@other.example alice@here.example");
    mailertable = Mailertable.parse("table", List.of("dept.example smtp:[192.0.2.1]"));

    assertThat(stranger("nobody@v.example")).startsWith("550 5.1.1 ");
    assertThat(own("nobody@v.example")).isEqualTo("nobody@v.example>mx:v.example");
    assertThat(stranger("user@dept.example")).isEqualTo("user@dept.example>smtp:[192.0.2.1]");
    assertThat(stranger("alice@other.example")).endsWith(">maildir:alice@other.example");
    assertThat(stranger("nobody@other.example")).startsWith("550 5.1.1 ");
  }

  @Test
  void anAddressThatNamesItselfGoesOnAndGainsTheOthersOnce() {
    virtusertable("alice@here.example alice@here.example, bob@far.example");

    assertThat(stranger("alice@here.example"))
        .isEqualTo("alice@here.example>maildir:alice@here.example bob@far.example>mx:far.example");
    assertThat(
            words(
                route(
                    new RouteRequest(
                        ReversePath.of("ann@sender.example"),
                        ForwardPath.of("alice@here.example"),
                        Scope.ANYWHERE,
                        Optional.of(new Skip.Rewriting())))))
        .isEqualTo("alice@here.example>maildir:alice@here.example");
  }

  @Test
  void aRegsubIsRepeatedUntilItIsStable() {
    regsub("/^x(.*)$/ $1", "/^(.*)@old\\.example$/ $1@here.example");

    assertThat(stranger("xxxalice@old.example"))
        .isEqualTo("alice@here.example>maildir:alice@here.example");
    assertThat(stranger("bob@far.example")).isEqualTo(Replies.RELAY_DENIED.toString());
  }

  @Test
  void aRegsubThatLeavesAnAddressAsItIsOpensNothing() {
    regsub("/^(.*)$/ $1");

    assertThat(stranger("bob@far.example")).isEqualTo(Replies.RELAY_DENIED.toString());
    assertThat(stranger("alice@here.example")).endsWith(">maildir:alice@here.example");
  }

  @Test
  void aRegsubThatNeverEndsIsALoop() {
    regsub("/^(.*)@here\\.example$/ x$1@here.example");
    assertThat(stranger("alice@here.example")).isEqualTo(Replies.ROUTING_LOOP.toString());

    regsub("/^a@(.*)$/ b@$1", "/^b@(.*)$/ a@$1");
    assertThat(stranger("a@here.example")).isEqualTo(Replies.ROUTING_LOOP.toString());

    regsub("/^(.*)@here\\.example$/ x$1@here.example, y$1@here.example");
    assertThat(stranger("alice@here.example")).isEqualTo(Replies.ROUTING_LOOP.toString());
  }

  static List<Long> seeds() {
    return new Random(20_261_130).longs(150).boxed().toList();
  }

  /// Tables that lead anywhere, themselves included: there is an answer, it is soon there, it holds
  /// to the bounds, and it does not change when it is asked for again.
  @ParameterizedTest
  @MethodSource("seeds")
  void whateverTablesLeadToThereIsAnAnswer(long seed) {
    Random random = new Random(seed);
    List<String> users = IntStream.range(0, 1 + random.nextInt(12)).mapToObj(i -> "u" + i).toList();
    List<String> lines = new ArrayList<>();
    List<String> virtual = new ArrayList<>();
    for (String user : users) {
      lines.add(user + ": " + targets(random, users));
      if (random.nextBoolean()) {
        virtual.add(user + "@here.example " + targets(random, users));
      }
    }
    aliases = Aliases.parse("aliases", lines);
    virtusertable(virtual.toArray(String[]::new));
    regsub(
        "/^u(\\d)@here/ " + targets(random, users),
        "/^(.)(.*)@other/ $2$1" + (random.nextBoolean() ? "" : "x") + "@other.example",
        "/^(.*)@far/ $1" + (random.nextBoolean() ? "$1" : "") + "@far.example");

    for (String user : users) {
      RouteRequest request = request(user + "@here.example", Scope.HOSTED);
      RouteAnswer answer = route(request);

      assertThat(route(request)).isEqualTo(answer);
      switch (answer) {
        case RouteAnswer.Resolved(var legs, var dead, var undecided, var _) -> {
          assertThat(legs.size() + dead.size()).isLessThanOrEqualTo(RoutingChain.MAX_LEGS);
          assertThat(undecided).isEmpty();
          assertThat(legs).extracting(RouteAnswer.Leg::address).doesNotHaveDuplicates();
        }
        case RouteAnswer.Refused(var reason, var _, var _) ->
            assertThat(reason)
                .isIn(Reason.ROUTING_LOOP, Reason.UNKNOWN_USER, Reason.REFUSED_BY_TABLE);
        case RouteAnswer.TryLater later -> assertThat(later).isNull();
      }
    }
  }

  private static String targets(Random random, List<String> users) {
    List<String> domains = List.of("here.example", "other.example", "far.example");
    return String.join(
        ", ",
        IntStream.range(0, 1 + random.nextInt(3))
            .mapToObj(_ ->
                (random.nextInt(8) == 0 ? "alice" : users.get(random.nextInt(users.size())))
                    + "@"
                    + domains.get(random.nextInt(3)))
            .toList());
  }

  private static void cut(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(3_000);
    }
  }

  private Path virtualUsers(int users) {
    return new TinyCdb()
        .create(
            directory.resolve("virtusertable.cdb"),
            IntStream.range(0, users)
                .mapToObj(i -> TinyCdb.Entry.of("u" + i + "@v.example", "alice@here.example")));
  }

  @Test
  void aLargeCdbThatIsCutShortUnderneathIsNoAnswerForNowForItsOwnDomains() throws IOException {
    Path file = virtualUsers(100_000);
    Virtusertable table = Virtusertable.read(new FileReading(file), LOCAL);
    virtusertable = Optional.of(() -> table);
    assertThat(stranger("u1@v.example")).startsWith("alice@here.example>");

    cut(file);

    assertThat(stranger("u1@v.example")).isEqualTo(Replies.ROUTING_UNAVAILABLE.toString());
    assertThat(stranger("alice@here.example")).endsWith(">maildir:alice@here.example");
    table.close();
  }

  @Test
  void aLargeMailertableThatIsCutShortCostsItsOwnDomainsOnly() throws IOException {
    Path file =
        new TinyCdb()
            .create(
                directory.resolve("mailertable.cdb"),
                Stream.concat(
                    Stream.of(TinyCdb.Entry.of(".", "smtp:[192.0.2.9]")),
                    IntStream.range(0, 100_000)
                        .mapToObj(i ->
                            TinyCdb.Entry.of("dept" + i + ".example", "smtp:[192.0.2.25]:2525"))));
    try (Mailertable table = Mailertable.read(new FileReading(file))) {
      mailertable = table;
      assertThat(stranger("x@dept7.example")).endsWith(">smtp:[192.0.2.25]:2525");

      cut(file);

      assertThat(stranger("x@dept7.example")).isEqualTo(Replies.ROUTING_UNAVAILABLE.toString());
      assertThat(own("x@elsewhere.example")).endsWith(">smtp:[192.0.2.9]");
      assertThat(stranger("x@elsewhere.example")).isEqualTo(Replies.RELAY_DENIED.toString());
    }
  }

  @Test
  void aSmallCdbThatIsCutShortGoesOnAsItWas() throws IOException {
    Path file = virtualUsers(500);
    Virtusertable table = Virtusertable.read(new FileReading(file), LOCAL);
    virtusertable = Optional.of(() -> table);

    cut(file);

    assertThat(stranger("u1@v.example")).startsWith("alice@here.example>");
    table.close();
  }
}
