package io.gatepost.routing.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.routing.chain.HostLookup.Found;
import io.gatepost.routing.chain.HostRule;
import io.gatepost.routing.chain.RouterResult.HostQuery;
import io.gatepost.testkit.dns.FakeMailDns;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.lookup.LookupSession;
import reactor.core.publisher.Flux;

class MailDnsTest {

  private static final Duration LONG = Duration.ofSeconds(20);

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
    SimpleResolver resolver =
        new SimpleResolver(new InetSocketAddress(address[0], Integer.parseInt(address[1])));
    resolver.setTimeout(timeout.plusSeconds(1));
    return new MailDns(
        LookupSession.builder().resolver(resolver).build(),
        timeout,
        rule,
        DomainName.of("MX.Here.Example"));
  }

  private Found find(String domain) {
    return dns(LONG).find(new HostQuery.MailExchange(DomainName.of(domain), 25)).block(LONG);
  }

  private List<String> addresses(String domain) {
    return ((Found.Hosts) find(domain))
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
    HostQuery query = new HostQuery.Host(DomainName.of("inside.example"), 2600);

    assertThat(dns(LONG).find(query).block(LONG)).isInstanceOf(Found.Hosts.class);
  }

  @Test
  void testsMayUseLoopbackAddressesAndNoOthersOfTheKind() {
    server.a("inside.example", "127.0.0.1").a("inside.example", "0.0.0.0");
    HostQuery query = new HostQuery.MailExchange(DomainName.of("inside.example"), 25);

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
  void aRouteSaysWhoseExchangersItsHopsAre() {
    server.mx("dest.example", 10, "first.example").a("first.example", "192.0.2.1");

    assertThat(((Found.Hosts) find("dest.example")).destination().exchangersOf())
        .contains(DomainName.of("dest.example"));
  }

  @Test
  void manyQuestionsWaitAtATimeWithoutAThreadEach() {
    server.silent("silent.example");
    MailDns dns = dns(Duration.ofSeconds(2));
    int threads = Thread.activeCount();

    List<Found> found =
        Flux.fromStream(IntStream.range(0, 2_000).boxed())
            .flatMap(
                i -> dns.find(new HostQuery.MailExchange(DomainName.of("silent.example"), 25)),
                2_000)
            .collectList()
            .block(LONG);

    assertThat(found).hasSize(2_000).allMatch(Found.Unknown.class::isInstance);
    assertThat(Thread.activeCount()).isLessThan(threads + 50);
    assertThat(dns.running()).isZero();
  }

  @Test
  void questionsAreBounded() {
    server.silent("silent.example");
    MailDns dns = dns(Duration.ofMinutes(1));
    HostQuery query = new HostQuery.MailExchange(DomainName.of("silent.example"), 25);
    List<reactor.core.Disposable> waiting =
        IntStream.range(0, MailDns.MAX_RUNNING).mapToObj(i -> dns.find(query).subscribe()).toList();

    assertThat(dns.find(query).block(LONG)).isInstanceOf(Found.Unknown.class);
    waiting.forEach(reactor.core.Disposable::dispose);

    assertThat(dns.running()).isZero();
  }
}
