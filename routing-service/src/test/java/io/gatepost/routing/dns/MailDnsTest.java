package io.gatepost.routing.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.dns.NameServers;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.routing.chain.HostLookup.Found;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.OwnHosts;
import io.gatepost.routing.chain.Query.HostQuery;
import io.gatepost.testkit.dns.FakeMailDns;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

class MailDnsTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  /// Enough for a name server on this machine to answer.
  private static final Duration SHORT = Duration.ofMillis(500);

  private static final OwnHosts OWN =
      new OwnHosts(
          List.of(DomainName.of("MX.Here.Example"), DomainName.of("also.here.example")),
          Set.of(InetAddress.ofLiteral("192.0.2.99"), InetAddress.ofLiteral("2001:db8::99")),
          Set::of);

  private Gate gate = NameServers.gate();
  private FakeMailDns server;

  @BeforeEach
  void start() {
    server = FakeMailDns.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private MailDns dns(Duration timeout) {
    return dns(timeout, HostRule.ELSEWHERE);
  }

  private MailDns dns(Duration timeout, HostRule rule) {
    String[] address = server.server().split(":");
    InetSocketAddress resolver = new InetSocketAddress(address[0], Integer.parseInt(address[1]));
    return new MailDns(new NameServers(List.of(resolver), gate).cached(timeout), rule, OWN);
  }

  private Found find(String domain) {
    return find(LONG, domain);
  }

  private Found find(Duration timeout, String domain) {
    return dns(timeout)
        .find(new HostQuery.MailExchange(DomainName.of(domain), 25, NamedBy.DNS))
        .block(LONG);
  }

  private List<String> addresses(String domain) {
    return hops(find(domain));
  }

  private static List<String> hops(Found found) {
    return ((Found.Hosts) found)
        .destination().hops().stream().map(Destination.NextHop::toString).toList();
  }

  @Test
  void exchangersComeByPreference() {
    server.mx("dest.example", 20, "second.example").mx("dest.example", 10, "first.example");
    server.a("first.example", "192.0.2.1").a("second.example", "192.0.2.2");

    assertThat(addresses("dest.example"))
        .containsExactly("first.example[192.0.2.1]:25", "second.example[192.0.2.2]:25");
  }

  @Test
  void withoutMxTheDomainIsItsOwnExchanger() {
    server.a("dest.example", "192.0.2.1");

    assertThat(addresses("dest.example")).containsExactly("dest.example[192.0.2.1]:25");
  }

  @Test
  void aNullMxTakesNoMailEvenWhereTheDomainHasAnAddress() {
    server.mx("dest.example", 0, ".").a("dest.example", "192.0.2.1");

    assertThat(find("dest.example"))
        .isInstanceOfSatisfying(
            Found.Nowhere.class,
            nowhere -> assertThat(nowhere.reply().toString()).startsWith("556 5.1.10 "));
  }

  @Test
  void aNullMxBesideOthersSaysNothing() {
    server.mx("dest.example", 0, ".").mx("dest.example", 10, "first.example");
    server.a("first.example", "192.0.2.1");

    assertThat(addresses("dest.example")).containsExactly("first.example[192.0.2.1]:25");
  }

  @Test
  void aDomainThatDoesNotExistIsNowhere() {
    assertThat(find("nowhere.example"))
        .isInstanceOfSatisfying(
            Found.Nowhere.class,
            nowhere -> assertThat(nowhere.reason()).isEqualTo(Reason.UNROUTABLE_DOMAIN));
  }

  @Test
  void exchangersWithoutAddressesAreNowhere() {
    server.mx("dest.example", 10, "gone.example");

    assertThat(find("dest.example")).isInstanceOf(Found.Nowhere.class);
  }

  @Test
  void anExchangerThatCannotBeToldDoesNotHideTheOthers() {
    server.mx("dest.example", 10, "broken.example").mx("dest.example", 20, "second.example");
    server.failing("broken.example").a("second.example", "192.0.2.2");

    assertThat(addresses("dest.example")).containsExactly("second.example[192.0.2.2]:25");
  }

  @Test
  void aHostHasItsIpv4AddressesBeforeItsIpv6Addresses() {
    server.mx("dest.example", 10, "first.example");
    server.aaaa("first.example", "2001:db8::1").a("first.example", "192.0.2.1");

    assertThat(addresses("dest.example"))
        .containsExactly("first.example[192.0.2.1]:25", "first.example[2001:db8:0:0:0:0:0:1]:25");
  }

  @Test
  void anExchangerThatIsSilentDoesNotHideTheOthers() {
    server.mx("dest.example", 5, "silent.example").mx("dest.example", 20, "second.example");
    server.mx("dest.example", 30, "third.example").silent("silent.example");
    server.a("second.example", "192.0.2.2").a("third.example", "192.0.2.3");

    assertThat(hops(find(SHORT, "dest.example")))
        .containsExactly("second.example[192.0.2.2]:25", "third.example[192.0.2.3]:25");
  }

  @Test
  void aKindOfAddressThatIsSilentDoesNotHideTheOther() {
    server.mx("dest.example", 10, "first.example").mx("dest.example", 20, "second.example");
    server.a("first.example", "192.0.2.1").silent("first.example", Type.AAAA);
    server.aaaa("second.example", "2001:db8::2").silent("second.example", Type.A);

    assertThat(hops(find(SHORT, "dest.example")))
        .containsExactly("first.example[192.0.2.1]:25", "second.example[2001:db8:0:0:0:0:0:2]:25");
  }

  @Test
  void exchangersThatAreAllSilentAreNoRefusal() {
    server.mx("dest.example", 5, "silent.example").silent("silent.example");
    server.mx("dest.example", 20, "gone.example");

    assertThat(find(SHORT, "dest.example")).isInstanceOf(Found.Unknown.class);
  }

  @Test
  void aSilentExchangerBeforeOursIsNoLoop() {
    server.mx("dest.example", 5, "silent.example").silent("silent.example");
    server.mx("dest.example", 10, "mx.here.example").a("mx.here.example", "192.0.2.1");
    server.mx("dest.example", 20, "behind.example").a("behind.example", "192.0.2.2");

    assertThat(find(SHORT, "dest.example")).isInstanceOf(Found.Unknown.class);
  }

  @Test
  void aServerThatFailsIsNoRefusal() {
    server.failing("dest.example");

    assertThat(find("dest.example"))
        .isInstanceOfSatisfying(
            Found.Unknown.class,
            unknown -> {
              assertThat(unknown.reason()).isEqualTo(Reason.DNS_UNAVAILABLE);
              assertThat(unknown.reply().toString()).startsWith("451 4.4.3 ");
            });
  }

  @Test
  void exchangersThatAllCannotBeToldAreNoRefusal() {
    server.mx("dest.example", 10, "broken.example").failing("broken.example");

    assertThat(find("dest.example")).isInstanceOf(Found.Unknown.class);
  }

  private static void assertNowhere(Found found, Reply reply) {
    assertThat(found)
        .isInstanceOfSatisfying(
            Found.Nowhere.class, nowhere -> assertThat(nowhere.reply()).isEqualTo(reply));
  }

  @Test
  void addressesThatAreNoHostElsewhereAreLeftOut() {
    server.mx("dest.example", 10, "first.example").mx("dest.example", 20, "second.example");
    server.a("first.example", "127.0.0.1").a("first.example", "192.0.2.1");
    server.a("second.example", "169.254.0.1");
    server.a("inside.example", "127.0.0.1");

    assertThat(addresses("dest.example")).containsExactly("first.example[192.0.2.1]:25");
    assertNowhere(find("inside.example"), Replies.unusableHost(DomainName.of("inside.example")));
  }

  @Test
  void anExchangerOfNoUseDoesNotDecideForOneThatCannotBeTold() {
    server.mx("dest.example", 10, "first.example").mx("dest.example", 20, "broken.example");
    server.a("first.example", "127.0.0.1").failing("broken.example");

    assertThat(find("dest.example")).isInstanceOf(Found.Unknown.class);
  }

  @Test
  void theOperatorsOwnHostMayHaveALoopbackAddress() {
    server.a("inside.example", "127.0.0.1");
    HostQuery query = new HostQuery.Host(DomainName.of("inside.example"), 2600, NamedBy.OPERATOR);

    assertThat(dns(LONG).find(query).block(LONG)).isInstanceOf(Found.Hosts.class);
  }

  @Test
  void testsMayUseLoopbackAddressesAndNoOthersOfTheKind() {
    server.a("inside.example", "127.0.0.1").a("inside.example", "0.0.0.0");
    HostQuery query = new HostQuery.MailExchange(DomainName.of("inside.example"), 25, NamedBy.DNS);

    Found found = dns(LONG, HostRule.ELSEWHERE_OR_LOOPBACK).find(query).block(LONG);

    assertThat(((Found.Hosts) found).destination().hops())
        .extracting(Destination.NextHop::address)
        .containsExactly("127.0.0.1");
  }

  @Test
  void mailGoesOnlyToExchangersThatAreCloserThanWeAre() {
    server.mx("dest.example", 10, "first.example").mx("dest.example", 20, "mx.HERE.example");
    server.mx("dest.example", 20, "beside.example").mx("dest.example", 30, "behind.example");
    server.a("first.example", "192.0.2.1").a("mx.here.example", "192.0.2.2");
    server.a("beside.example", "192.0.2.3").a("behind.example", "192.0.2.4");

    assertThat(addresses("dest.example")).containsExactly("first.example[192.0.2.1]:25");
  }

  @Test
  void whereWeAreTheClosestMailWouldComeBack() {
    server.mx("dest.example", 10, "mx.here.example").mx("dest.example", 20, "second.example");
    server.a("second.example", "192.0.2.2").a("mx.here.example", "192.0.2.1");

    assertNowhere(find("dest.example"), Replies.ownExchanger(DomainName.of("dest.example")));
    assertNowhere(find("mx.here.example"), Replies.ownExchanger(DomainName.of("mx.here.example")));
  }

  @Test
  void mailGoesOnlyToExchangersBeforeTheOneWithOurAddress() {
    server.mx("dest.example", 10, "first.example").mx("dest.example", 20, "alias.example");
    server.mx("dest.example", 20, "beside.example").mx("dest.example", 30, "behind.example");
    server.a("first.example", "192.0.2.1").a("beside.example", "192.0.2.3");
    server.a("alias.example", "192.0.2.98").aaaa("alias.example", "2001:db8::99");
    server.a("behind.example", "192.0.2.4");

    assertThat(addresses("dest.example")).containsExactly("first.example[192.0.2.1]:25");
  }

  @Test
  void whereTheClosestHasOurAddressMailWouldComeBack() {
    server.mx("dest.example", 10, "alias.example").a("alias.example", "192.0.2.99");
    server.failing("alias.example", Type.AAAA);
    server.mx("dest.example", 20, "second.example").a("second.example", "192.0.2.2");
    server.a("plain.example", "192.0.2.99");
    server.mx("named.example", 10, "ALSO.here.example").a("also.here.example", "192.0.2.5");

    for (String domain : List.of("dest.example", "plain.example", "named.example")) {
      assertNowhere(find(domain), Replies.ownExchanger(DomainName.of(domain)));
    }
  }

  @Test
  void theOperatorMayNameOurOwnHost() {
    server.a("inside.example", "192.0.2.99");
    HostQuery query = new HostQuery.Host(DomainName.of("inside.example"), 2600, NamedBy.OPERATOR);

    assertThat(dns(LONG).find(query).block(LONG)).isInstanceOf(Found.Hosts.class);
  }

  @Test
  void aRouteSaysWhoseExchangersItsHopsAre() {
    server.mx("dest.example", 10, "first.example").a("first.example", "192.0.2.1");

    assertThat(((Found.Hosts) find("dest.example")).destination().exchangersOf())
        .contains(DomainName.of("dest.example"));
  }

  @Test
  void manyQuestionsWaitAtATimeWithoutAThreadEach() {
    int questions = 2_000;
    IntStream.range(0, questions).forEach(i -> server.silent("silent" + i + ".example"));
    MailDns dns = dns(Duration.ofMinutes(1));
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    int before = threads.getThreadCount();

    Disposable asked =
        Flux.range(0, questions)
            .flatMap(
                i ->
                    dns.find(
                        new HostQuery.MailExchange(
                            DomainName.of("silent" + i + ".example"), 25, NamedBy.DNS)),
                questions)
            .subscribe();
    int waiting = gate.running();
    int during = threads.getThreadCount();
    asked.dispose();

    assertThat(waiting).isEqualTo(questions);
    assertThat(during).isLessThan(before + 50);
    assertThat(gate.running()).isZero();
  }

  @Test
  void questionsBeyondTheSlotsWaitForTheirTurnAndNotForLong() {
    gate = new Gate("dns", GateLimits.of(1, 1));
    server.silent("silent.example").a("waits.example", "192.0.2.1");
    MailDns patient = dns(Duration.ofMinutes(1));
    HostQuery silent = query("silent.example");
    Disposable first = patient.find(silent).subscribe();

    assertThat(gate.running()).isOne();
    assertThat(dns(SHORT).find(query("waits.example")).block(LONG))
        .isInstanceOf(Found.Unknown.class);

    CompletableFuture<Found> waits =
        patient
            .find(new HostQuery.MailExchange(DomainName.of("mx.example"), 25, NamedBy.DNS))
            .toFuture();
    assertThat(gate.waiting()).isOne();
    assertThat(patient.find(query("waits.example")).block(SHORT)).isInstanceOf(Found.Unknown.class);
    first.dispose();

    assertThat(waits.join()).isInstanceOf(Found.class);
    assertThat(gate.running()).isZero();
  }

  private static HostQuery query(String domain) {
    return new HostQuery.MailExchange(DomainName.of(domain), 25, NamedBy.DNS);
  }
}
