package io.gatepost.routing.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.dns.NameServers;
import io.gatepost.gate.Gate;
import io.gatepost.routing.chain.HostLookup.Found;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.OwnHosts;
import io.gatepost.routing.chain.Query.HostQuery;
import io.gatepost.testkit.dns.FakeMailDns;
import io.gatepost.testkit.peer.NameServer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

/// Lookups at NSD, and at Unbound before it, of zones that are hostile or broken.
class RealNameServersIT {

  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofSeconds(60);

  private static final String HEAD =
      """
      $TTL 300
      @ IN SOA ns.hostile.example. root.hostile.example. 1 3600 600 86400 60
      @ IN NS ns.hostile.example.
      """;

  private static NameServer nsd;
  private static NameServer unbound;
  private static FakeMailDns silent;

  @BeforeAll
  static void start() {
    silent = FakeMailDns.start().silent("silent.example").silent("mx.silent.example");
    nsd = NameServer.nsd(Map.of("hostile.example", zone(), "broken.example", ""));
    unbound =
        NameServer.unbound(
            List.of(
                "stub-zone:",
                "  name: hostile.example",
                "  stub-addr: 127.0.0.1@" + nsd.port(),
                "stub-zone:",
                "  name: broken.example",
                "  stub-addr: 127.0.0.1@" + nsd.port(),
                "forward-zone:",
                "  name: silent.example",
                "  forward-addr: " + silent.server().replace(':', '@')));
  }

  @AfterAll
  static void stop() {
    unbound.close();
    nsd.close();
    silent.close();
  }

  private static String zone() {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "ns A 127.0.0.1",
                "plain A 192.0.2.7",
                "nullmx MX 0 .",
                "nullmx A 192.0.2.7",
                "one MX 10 plain",
                "loop-a CNAME loop-b",
                "loop-b CNAME loop-a",
                "self CNAME self",
                "mx-loop MX 10 loop-a",
                "mx-loop-and-one MX 10 loop-a",
                "mx-loop-and-one MX 20 plain",
                "mx-cname MX 10 alias",
                "alias CNAME plain",
                "cname CNAME one",
                "mx-gone MX 10 nothing",
                "mx-silent MX 10 mx.silent.example.",
                "mx-silent-and-one MX 10 mx.silent.example.",
                "mx-silent-and-one MX 20 plain",
                "end MX 10 plain",
                "long0 CNAME end"));
    for (int i = 1; i < 40; i++) {
      lines.add("long%d CNAME long%d".formatted(i, i - 1));
    }
    for (int i = 0; i < 100; i++) {
      lines.add("many MX %d exchanger-with-a-long-name-%d".formatted(i, i));
      lines.add("exchanger-with-a-long-name-%d A 192.0.2.%d".formatted(i, i + 1));
    }
    return HEAD + String.join("\n", lines) + "\n";
  }

  private static MailDns dns(NameServer server, Gate gate, Duration timeout) {
    InetSocketAddress resolver = new InetSocketAddress("127.0.0.1", server.port());
    return new MailDns(
        new NameServers(List.of(resolver), gate).cached(timeout),
        HostRule.ELSEWHERE,
        new OwnHosts(List.of(), Set.of(), Set::of));
  }

  /// Hosts in their order, or the reply.
  private static String found(NameServer server, String domain) {
    HostQuery query = new HostQuery.MailExchange(DomainName.of(domain), 25, NamedBy.DNS);
    return switch (dns(server, NameServers.gate(), TIMEOUT).find(query).block(LONG)) {
      case Found.Hosts(var destination) ->
          destination.hops().stream()
              .map(Destination.NextHop::address)
              .collect(Collectors.joining(" "));
      case Found.Nowhere(var _, var reply) -> reply.toString();
      case Found.Unknown(var _, var reply) -> reply.toString();
    };
  }

  @ParameterizedTest
  @CsvSource({
    "plain, 192.0.2.7",
    "one, 192.0.2.7",
    "mx-cname, 192.0.2.7",
    "cname, 192.0.2.7",
    "mx-loop-and-one, 192.0.2.7",
    "nullmx, 556 5.1.10",
    "nothing, 550 5.1.2",
    "mx-gone, 550 5.1.2",
    "loop-a, 451 4.4.3",
    "self, 451 4.4.3",
    "mx-loop, 451 4.4.3",
    "long39, 451 4.4.3"
  })
  void bothServersLeadToTheSameAnswer(String host, String answer) {
    assertThat(found(nsd, host + ".hostile.example")).startsWith(answer);
    assertThat(found(unbound, host + ".hostile.example")).startsWith(answer);
  }

  /// The answer does not fit into a datagram, so it is asked for by TCP.
  @Test
  void ofAHundredExchangersTheTwentyClosestAreTried() {
    String closest =
        IntStream.rangeClosed(1, 20).mapToObj(i -> "192.0.2." + i).collect(Collectors.joining(" "));

    assertThat(found(nsd, "many.hostile.example")).isEqualTo(closest);
    assertThat(found(unbound, "many.hostile.example")).isEqualTo(closest);
  }

  @ParameterizedTest
  @CsvSource({
    "broken.example, 451 4.4.3",
    "silent.example, 451 4.4.3",
    "mx-silent.hostile.example, 451 4.4.3",
    "mx-silent-and-one.hostile.example, 192.0.2.7"
  })
  void serversThatFailOrSayNothingAreNoRefusalAndNotWaitedForWithoutEnd(
      String domain, String answer) {
    long start = System.nanoTime();

    assertThat(found(unbound, domain)).startsWith(answer);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.multipliedBy(3));
  }

  /// Unbound holds all of them while the name servers behind it take a second for each. There are
  /// ten of these, as one socket does not hold what comes at once.
  @Test
  void twoThousandLookupsWaitForASlowServerAtATime() {
    int lookups = 2_000;
    List<FakeMailDns> slow =
        IntStream.range(0, 10)
            .mapToObj(_ -> FakeMailDns.start().slow(Duration.ofSeconds(1)))
            .toList();
    try (NameServer resolver = NameServer.unbound(patient(slow))) {
      for (int i = 0; i < lookups; i++) {
        String zone = ".slow" + i % slow.size() + ".example";
        slow.get(i % slow.size()).mx("d" + i + zone, 0, ".");
      }
      Gate gate = NameServers.gate();
      MailDns dns = dns(resolver, gate, Duration.ofSeconds(25));
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      int before = threads.getThreadCount();

      CompletableFuture<List<Found>> all =
          Flux.range(0, lookups)
              .flatMap(
                  i ->
                      dns.find(
                          new HostQuery.MailExchange(
                              DomainName.of("d" + i + ".slow" + i % slow.size() + ".example"),
                              25,
                              NamedBy.DNS)),
                  lookups)
              .collectList()
              .toFuture();
      int waiting = gate.running();
      int during = threads.getThreadCount();
      List<Found> found = all.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();

      assertThat(waiting).isEqualTo(lookups);
      assertThat(during).isLessThan(before + 50);
      assertThat(found.stream().filter(Found.Nowhere.class::isInstance)).hasSize(lookups);
      assertThat(gate.state().refused()).isZero();
      assertThat(gate.running()).isZero();
    } finally {
      slow.forEach(FakeMailDns::close);
    }
  }

  private static List<String> patient(List<FakeMailDns> slow) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "  num-threads: 1",
                "  num-queries-per-thread: 8192",
                "  outgoing-range: 10000",
                "  so-rcvbuf: 4m",
                "  wait-limit: 0", // of one client, 1,000 by default
                "  unknown-server-time-limit: 1500",
                "  infra-cache-min-rtt: 1500"));
    for (int i = 0; i < slow.size(); i++) {
      lines.add("forward-zone:");
      lines.add("  name: slow" + i + ".example");
      lines.add("  forward-addr: " + slow.get(i).server().replace(':', '@'));
    }
    return lines;
  }
}
