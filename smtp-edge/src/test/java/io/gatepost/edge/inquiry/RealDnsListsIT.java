package io.gatepost.edge.inquiry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.dns.NameServers;
import io.gatepost.dns.ReverseName;
import io.gatepost.edge.dnslist.DnsList;
import io.gatepost.edge.dnslist.ListAction;
import io.gatepost.edge.dnslist.ListJudge;
import io.gatepost.edge.dnslist.ListReason;
import io.gatepost.edge.dnslist.ListVerdict;
import io.gatepost.testkit.dns.FakeMailDns;
import io.gatepost.testkit.peer.NameServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Lists at Unbound: good ones, and others that are slow, silent, failing, overflowing or lying.
class RealDnsListsIT {

  private static final Duration TIMEOUT = Duration.ofSeconds(4);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int CLIENTS = 2_000;

  /// Every twentieth client is listed.
  private static final int LISTED = 20;

  private static FakeMailDns slow;
  private static FakeMailDns silent;
  private static NameServer unbound;

  private final MeterRegistry meters = new SimpleMeterRegistry();

  @BeforeAll
  static void start() {
    slow = FakeMailDns.start().slow(Duration.ofMillis(20));
    silent = FakeMailDns.start().silentBelow("silent.example");
    List<String> options =
        new ArrayList<>(
            List.of(
                "  num-queries-per-thread: 8192",
                "  outgoing-range: 10000",
                "  so-rcvbuf: 4m",
                "  wait-limit: 0",
                "  local-zone: \"zen.example.\" static",
                "  local-zone: \"big.example.\" static",
                "  local-zone: \"failing.example.\" refuse",
                "  local-zone: \"lying.example.\" redirect",
                "  local-data: \"lying.example. 300 IN A 203.0.113.1\""));
    for (int i = 0; i < CLIENTS; i += LISTED) {
      String name = ReverseName.below(client(i), "zen.example");
      options.add("  local-data: \"" + name + ". 300 IN A 127.0.0.2\"");
      options.add("  local-data: '" + name + ". 300 IN TXT \"spam\"'");
    }
    for (int i = 0; i < 100; i++) {
      options.add("  local-data: \"9.2.0.192.big.example. 300 IN A 127.0.1." + i + "\"");
    }
    forward(options, "slow.example", slow);
    forward(options, "silent.example", silent);
    unbound = NameServer.unbound(options);
  }

  private static void forward(List<String> options, String zone, FakeMailDns to) {
    options.add("forward-zone:");
    options.add("  name: " + zone);
    options.add("  forward-addr: " + to.server().replace(':', '@'));
  }

  @AfterAll
  static void stop() {
    unbound.close();
    slow.close();
    silent.close();
  }

  private static InetAddress client(int number) {
    return InetAddress.ofLiteral("10.7." + number / 256 + "." + number % 256);
  }

  private DnsLists lists(String... zones) {
    List<DnsList> lists = new ArrayList<>();
    for (String zone : zones) {
      lists.add(new DnsList(DomainName.of(zone), 1, List.of(), ListAction.REFUSE));
    }
    NameServers servers =
        new NameServers(
            List.of(new InetSocketAddress("127.0.0.1", unbound.port())), NameServers.gate());
    return new DnsLists(new ListJudge(lists, 1), servers.direct(TIMEOUT), TIMEOUT, 10_000, meters);
  }

  /// A client's verdict, and how long it took.
  private record Judged(ListVerdict verdict, Duration time) {}

  private static Mono<Judged> judged(DnsLists lists, InetAddress client) {
    return Mono.defer(() -> {
      long began = System.nanoTime();
      return lists
          .about(client)
          .verdict()
          .map(verdict -> new Judged(verdict, Duration.ofNanos(System.nanoTime() - began)));
    });
  }

  private boolean isLeftAlone(String zone) {
    return meters.get("gatepost.edge.dnslist.left.alone").tag("zone", zone).gauge().value() == 1;
  }

  @Test
  void twoThousandClientsAtOnceDoNotHearOfListsThatAreInTrouble() {
    DnsLists lists =
        lists("zen.example", "slow.example", "lying.example", "failing.example", "silent.example");
    Flux.range(CLIENTS, 30).flatMap(each -> judged(lists, client(each)), 30).blockLast(LONG);
    await().until(() -> isLeftAlone("silent.example") && isLeftAlone("failing.example"));

    List<Judged> all =
        Flux.range(0, CLIENTS)
            .flatMap(each -> judged(lists, client(each)), CLIENTS)
            .collectList()
            .block(LONG);

    assertThat(all.stream().map(Judged::verdict).filter(ListVerdict.Refused.class::isInstance))
        .hasSize(CLIENTS / LISTED)
        .containsOnly(
            new ListVerdict.Refused(DomainName.of("zen.example"), new ListReason("spam")));
    assertThat(all.stream().map(Judged::verdict).filter(ListVerdict.Clear.class::isInstance))
        .hasSize(CLIENTS - CLIENTS / LISTED);
    Duration p99 = all.stream().map(Judged::time).sorted().toList().get(CLIENTS * 99 / 100);
    assertThat(p99).isLessThan(TIMEOUT.dividedBy(2));
  }

  @Test
  void aListingOfAHundredAddressesIsReadOverTcp() {
    DnsLists lists = lists("big.example");

    assertThat(judged(lists, InetAddress.ofLiteral("192.0.2.9")).block(LONG).verdict())
        .isInstanceOf(ListVerdict.Refused.class);
  }

  @Test
  void aListThatAnswersEverythingWithAForeignAddressListsNobody() {
    DnsLists lists = lists("lying.example");

    List<ListVerdict> verdicts =
        IntStream.range(0, 50)
            .mapToObj(each -> judged(lists, client(each)).block(LONG).verdict())
            .toList();

    assertThat(verdicts).containsOnly(ListVerdict.CLEAR);
    assertThat(
            meters
                .get("gatepost.edge.dnslist.questions")
                .tag("result", "foreign")
                .counter()
                .count())
        .isEqualTo(50);
  }
}
