package io.gatepost.routing;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.MailboxFilter;
import io.gatepost.routing.chain.OwnHosts;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.chain.RoutingChain;
import io.gatepost.routing.sieve.Analysis;
import io.gatepost.routing.sieve.Decision;
import io.gatepost.routing.sieve.Facts;
import io.gatepost.routing.sieve.Script;
import io.gatepost.routing.table.Aliases;
import io.gatepost.routing.table.LocalDomains;
import io.gatepost.routing.table.Mailertable;
import io.gatepost.routing.table.Regsub;
import io.gatepost.routing.table.Virtusertable;
import io.gatepost.testkit.peer.TinyCdb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.publisher.Mono;

/// Cost of routing where nothing has to be asked, by JMH. How it is run stands in CONTRIBUTING.md.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RoutingBenchmark {

  private static final int KEYS = 1_000_000;
  private static final int LINES = 200;
  private static final int RULES = 50;
  private static final LocalDomains LOCAL =
      LocalDomains.of(List.of("here.example"), List.of("alice", "bob"));

  /// A chain of tables, as a start makes it.
  @State(Scope.Benchmark)
  public static class Local {

    private final RoutingChain chain = chain();
    private final RouteRequest known = request("alice+list@here.example");
    private final RouteRequest unknown = request("nobody@here.example");

    private static RoutingChain chain() {
      Aliases aliases = Aliases.parse("aliases", List.of("staff: alice, bob"));
      Mailertable mailertable =
          Mailertable.parse("mailertable", List.of("dept.example smtp:[192.0.2.9]"));
      RoutingTables tables =
          new RoutingTables(
              () -> LOCAL,
              Optional.of(() -> aliases),
              Optional.empty(),
              Optional.empty(),
              Optional.of(() -> mailertable));
      Sources sources =
          new Sources(
              query -> Mono.error(new IllegalStateException("asked: " + query.words())),
              Optional.empty(),
              Optional.empty());
      return new RoutingChain(
          RouterOrder.of(RouterOrder.DEFAULT)
              .arrange(
                  StandardRouters.configured(
                      tables,
                      sources,
                      HostRule.ELSEWHERE,
                      new OwnHosts(List.of(), Set.of(), Set::of))),
          MailboxFilter.NONE,
          sources);
    }
  }

  /// A virtusertable on disk, as tinycdb makes it.
  @State(Scope.Benchmark)
  public static class Cdb {

    private @Nullable Path file;
    private @Nullable Virtusertable table;

    @Setup(Level.Trial)
    public void make() throws IOException {
      file =
          new TinyCdb()
              .create(
                  Files.createTempDirectory("jmh").resolve("virtusertable.cdb"),
                  IntStream.range(0, KEYS)
                      .mapToObj(i -> TinyCdb.Entry.of(address("user", i), "u" + i + "@x.example")));
      table = Virtusertable.read(new FileReading(file), LOCAL);
    }

    @TearDown(Level.Trial)
    public void remove() throws IOException {
      table.close();
      Files.delete(file);
      Files.delete(file.getParent());
    }

    private static String address(String user, int i) {
      return user + i + "@d" + i % 1_000 + ".example";
    }

    RouterResult find(String user) {
      return table.route(ForwardPath.of(address(user, ThreadLocalRandom.current().nextInt(KEYS))));
    }
  }

  /// A table of expressions.
  @State(Scope.Benchmark)
  public static class Expressions {

    private final Regsub table =
        Regsub.parse(
            "regsub",
            IntStream.range(0, LINES)
                .mapToObj(i -> "/^([a-z.]+)\\.dept" + i + "@old\\.example$/ $1@d" + i + ".example")
                .toList(),
            LOCAL);
    private final ForwardPath last =
        ForwardPath.of("some.body.dept" + (LINES - 1) + "@old.example");
    private final ForwardPath none = ForwardPath.of("alice+list@here.example");
  }

  /// A user's script.
  @State(Scope.Benchmark)
  public static class Sieve {

    private final String text =
        IntStream.range(0, RULES)
            .mapToObj(i ->
                "if envelope :domain \"from\" \"d%1$d.example\" { reject \"No, %1$d.\"; stop; }\n"
                    .formatted(i))
            .collect(Collectors.joining("", "require [\"envelope\", \"reject\"];\n", ""));
    private final Script script = Script.parse(text);
    private final Facts facts =
        new Facts(ReversePath.of("tim@far.example"), ForwardPath.of("alice+list@here.example"));
  }

  private static RouteRequest request(String recipient) {
    return new RouteRequest(
        ReversePath.of("tim@far.example"), ForwardPath.of(recipient), RouteRequest.Scope.HOSTED);
  }

  @Benchmark
  public @Nullable RouteAnswer localAddress(Local local) {
    return local.chain.route(local.known).block();
  }

  @Benchmark
  public @Nullable RouteAnswer localAddressUnknown(Local local) {
    return local.chain.route(local.unknown).block();
  }

  @Benchmark
  public RouterResult cdbOfAMillionKeys(Cdb cdb) {
    return cdb.find("user");
  }

  @Benchmark
  public RouterResult cdbOfAMillionKeysUnknown(Cdb cdb) {
    return cdb.find("none");
  }

  @Benchmark
  public RouterResult regsubLastOf200(Expressions expressions) {
    return expressions.table.route(expressions.last);
  }

  @Benchmark
  public RouterResult regsubNoneOf200(Expressions expressions) {
    return expressions.table.route(expressions.none);
  }

  @Benchmark
  public Decision sieveOf50Rules(Sieve sieve) {
    return Analysis.decide(sieve.script, sieve.facts);
  }

  @Benchmark
  public Script sieveOf50RulesParsed(Sieve sieve) {
    return Script.parse(sieve.text);
  }
}
