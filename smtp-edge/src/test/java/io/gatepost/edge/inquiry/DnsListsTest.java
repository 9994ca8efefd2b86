package io.gatepost.edge.inquiry;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.rpc.Known;
import io.gatepost.dns.Answer;
import io.gatepost.dns.DnsException;
import io.gatepost.dns.RecordType;
import io.gatepost.edge.dnslist.DnsList;
import io.gatepost.edge.dnslist.ListAction;
import io.gatepost.edge.dnslist.ListJudge;
import io.gatepost.edge.dnslist.ListReason;
import io.gatepost.edge.dnslist.ListVerdict;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class DnsListsTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.9");
  private static final String AT_ZEN = "9.2.0.192.zen.example";

  private final FakeDns dns = new FakeDns();
  private final AtomicLong now = new AtomicLong(-5_000_000_000L);
  private MeterRegistry meters = new SimpleMeterRegistry();
  private DnsLists lists = lists(TIMEOUT, "zen.example");

  private DnsLists lists(Duration timeout, String... zones) {
    meters = new SimpleMeterRegistry();
    List<DnsList> all = new ArrayList<>();
    for (String zone : zones) {
      all.add(new DnsList(DomainName.of(zone), 1, List.of(), ListAction.REFUSE));
    }
    return new DnsLists(new ListJudge(all, 1), dns, timeout, 1_000, meters, now::get);
  }

  private void passes(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private ListVerdict verdict(InetAddress client) {
    return lists.about(client).verdict().block(LONG);
  }

  private double count(String zone, String result) {
    return meters
        .get("gatepost.edge.dnslist.questions")
        .tag("zone", zone)
        .tag("result", result)
        .counter()
        .count();
  }

  private static InetAddress client(int number) {
    return InetAddress.ofLiteral("10.0." + number / 256 + "." + number % 256);
  }

  private static ListVerdict refused(String zone, String why) {
    return new ListVerdict.Refused(DomainName.of(zone), new ListReason(why));
  }

  private static void until(BooleanSupplier condition) {
    Awaitility.await().atMost(LONG).until(condition::getAsBoolean);
  }

  @Test
  void aListedClientIsRefusedInTheListsWords() {
    dns.a(AT_ZEN, HOUR, "127.0.0.2").txt(AT_ZEN, "see\r\nhttp://zen.example/?ip=192.0.2.9");

    assertThat(verdict(CLIENT))
        .isEqualTo(refused("zen.example", "see http://zen.example/?ip=192.0.2.9"));
  }

  @Test
  void wordsAreAskedForOnlyWhereTheClientIsToHearThem() {
    assertThat(verdict(CLIENT)).isEqualTo(ListVerdict.CLEAR);

    assertThat(dns.asked).containsExactly("A " + AT_ZEN);
  }

  @Test
  void wordsThatDoNotComeAreNotWaitedForBeyondTheTimeOut() {
    lists = lists(Duration.ofMillis(300), "zen.example");
    dns.a(AT_ZEN, HOUR, "127.0.0.2").answer(RecordType.TXT, AT_ZEN, Mono.never());

    assertThat(verdict(CLIENT)).isEqualTo(refused("zen.example", ""));
  }

  @Test
  void aClientThatIsKnownIsAnsweredAtOnceAndAskedAboutNoMore() {
    dns.a(AT_ZEN, HOUR, "127.0.0.2");
    verdict(CLIENT);
    int asked = dns.asked.size();

    Mono<ListVerdict> again = lists.about(CLIENT).verdict();

    assertThat(Known.value(again)).isInstanceOf(ListVerdict.Refused.class);
    assertThat(lists.about(CLIENT).verdict()).isSameAs(again);
    assertThat(dns.asked).hasSize(asked);
  }

  @Test
  void clientsAtOnceFromOneAddressShareTheQuestion() {
    Sinks.One<Answer> late = Sinks.one();
    dns.answer(RecordType.A, AT_ZEN, late.asMono());
    List<ListedClient> clients =
        IntStream.range(0, 100).mapToObj(_ -> lists.about(CLIENT)).toList();

    late.tryEmitValue(new Answer.Absent(HOUR));

    assertThat(clients)
        .allSatisfy(each -> assertThat(each.verdict().block(LONG)).isEqualTo(ListVerdict.CLEAR));
    assertThat(dns.askedFor("A " + AT_ZEN)).isEqualTo(1);
  }

  @Test
  void anAnswerIsKeptAsLongAsItHolds() {
    dns.a(AT_ZEN, Duration.ofSeconds(120), "127.0.0.2");
    verdict(CLIENT);
    dns.answer(RecordType.A, AT_ZEN, new Answer.Absent(HOUR));

    passes(Duration.ofSeconds(119));
    assertThat(verdict(CLIENT)).isInstanceOf(ListVerdict.Refused.class);
    passes(Duration.ofSeconds(2));
    assertThat(verdict(CLIENT)).isEqualTo(ListVerdict.CLEAR);
  }

  @Test
  void anAbsenceIsKeptAsLongAsItHolds() {
    dns.absence = Duration.ofSeconds(30);
    verdict(CLIENT);
    dns.a(AT_ZEN, HOUR, "127.0.0.2");

    passes(Duration.ofSeconds(29));
    assertThat(verdict(CLIENT)).isEqualTo(ListVerdict.CLEAR);
    passes(Duration.ofSeconds(2));
    assertThat(verdict(CLIENT)).isInstanceOf(ListVerdict.Refused.class);
  }

  @Test
  void howLongAnAnswerIsKeptHasBounds() {
    dns.a(AT_ZEN, Duration.ZERO, "127.0.0.2");
    verdict(CLIENT);
    passes(Duration.ofSeconds(4));
    verdict(CLIENT);
    assertThat(dns.askedFor("A " + AT_ZEN)).isEqualTo(1);

    dns.a(AT_ZEN, Duration.ofDays(365), "127.0.0.2");
    passes(Duration.ofSeconds(2));
    verdict(CLIENT);
    passes(Duration.ofMinutes(61));
    verdict(CLIENT);
    assertThat(dns.askedFor("A " + AT_ZEN)).isEqualTo(3);
  }

  @Test
  void onlyTheListWhoseAnswerIsOldIsAskedAgain() {
    lists = lists(TIMEOUT, "zen.example", "other.example");
    dns.answer(RecordType.A, AT_ZEN, new Answer.Absent(Duration.ofSeconds(20)));
    dns.absence = Duration.ofMinutes(10);
    verdict(CLIENT);

    passes(Duration.ofSeconds(21));
    verdict(CLIENT);

    assertThat(dns.askedFor("A " + AT_ZEN)).isEqualTo(2);
    assertThat(dns.askedFor("A 9.2.0.192.other.example")).isEqualTo(1);
  }

  @Test
  void aSessionKeepsTheVerdictThatItBeganWith() {
    dns.a(AT_ZEN, Duration.ofSeconds(10), "127.0.0.2");
    ListedClient session = lists.about(CLIENT);
    session.verdict().block(LONG);

    passes(HOUR);

    assertThat(Known.value(session.verdict())).isInstanceOf(ListVerdict.Refused.class);
  }

  @Test
  void anIpv6ClientIsAskedAboutByItsNibbles() {
    String name = "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.example";
    dns.a(name, HOUR, "127.0.0.2");

    assertThat(verdict(InetAddress.ofLiteral("2001:db8::9")))
        .isInstanceOf(ListVerdict.Refused.class);
  }

  @Test
  void anIpv4ClientInTheFormOfIpv6IsAskedAboutAsIpv4() {
    dns.a(AT_ZEN, HOUR, "127.0.0.2");

    assertThat(verdict(InetAddress.ofLiteral("::ffff:192.0.2.9")))
        .isInstanceOf(ListVerdict.Refused.class);
  }

  @Test
  void theListsOwnErrorCodesAndForeignAddressesAreNoListingAndCounted() {
    dns.a(AT_ZEN, HOUR, "127.255.255.254");
    dns.a("1.0.0.10.zen.example", HOUR, "203.0.113.1");
    dns.a("2.0.0.10.zen.example", HOUR, "127.0.0.2", "203.0.113.1");

    assertThat(verdict(CLIENT)).isEqualTo(ListVerdict.CLEAR);
    assertThat(verdict(client(1))).isEqualTo(ListVerdict.CLEAR);
    assertThat(verdict(client(2))).isEqualTo(ListVerdict.CLEAR);
    assertThat(count("zen.example", "error_code")).isEqualTo(1);
    assertThat(count("zen.example", "foreign")).isEqualTo(2);
  }

  @Test
  void aHundredAddressesAreAllLookedAt() {
    String[] codes = IntStream.range(0, 100).mapToObj(i -> "127.0.1." + i).toArray(String[]::new);
    dns.a(AT_ZEN, HOUR, codes);

    assertThat(verdict(CLIENT)).isInstanceOf(ListVerdict.Refused.class);
  }

  @Test
  void aListThatFailsTenTimesIsLeftAloneAndCostsNothing() {
    lists = lists(TIMEOUT, "dead.example", "zen.example");
    dns.zone("dead.example", Mono.error(new DnsException("SERVFAIL")));
    for (int i = 0; i < 10; i++) {
      assertThat(verdict(client(i))).isEqualTo(ListVerdict.CLEAR);
    }
    dns.zone("dead.example", Mono.never()).a(AT_ZEN, HOUR, "127.0.0.2");

    assertThat(Known.value(lists.about(client(11)).verdict())).isEqualTo(ListVerdict.CLEAR);
    assertThat(verdict(CLIENT)).isEqualTo(refused("zen.example", ""));
    assertThat(count("dead.example", "failed")).isEqualTo(10);
    assertThat(count("dead.example", "left_alone")).isEqualTo(2);
    assertThat(leftAlone("dead.example")).isEqualTo(1);
    assertThat(leftAlone("zen.example")).isZero();
  }

  private double leftAlone(String zone) {
    return meters.get("gatepost.edge.dnslist.left.alone").tag("zone", zone).gauge().value();
  }

  @Test
  void nobodyWaitsForTheTryOfAListThatWasLeftAlone() {
    dns.zone("zen.example", Mono.error(new DnsException("SERVFAIL")));
    for (int i = 0; i < 10; i++) {
      verdict(client(i));
    }
    Sinks.One<Answer> late = Sinks.one();
    dns.zone("zen.example", late.asMono());
    passes(Duration.ofSeconds(11));

    assertThat(Known.value(lists.about(client(20)).verdict())).isEqualTo(ListVerdict.CLEAR);
    assertThat(Known.value(lists.about(client(21)).verdict())).isEqualTo(ListVerdict.CLEAR);
    assertThat(dns.askedFor("A 21.0.0.10.zen.example")).isZero();

    late.tryEmitValue(new Answer.Absent(HOUR));
    dns.heal("zen.example").a("22.0.0.10.zen.example", HOUR, "127.0.0.2");
    assertThat(verdict(client(22))).isInstanceOf(ListVerdict.Refused.class);
    assertThat(leftAlone("zen.example")).isZero();
  }

  @Test
  void aSilentListIsWaitedForNoLongerThanTheTimeOut() {
    lists = lists(Duration.ofMillis(300), "silent.example", "zen.example");
    dns.zone("silent.example", Mono.never());
    long began = System.nanoTime();

    assertThat(verdict(CLIENT)).isEqualTo(ListVerdict.CLEAR);

    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(Duration.ofMillis(250), Duration.ofSeconds(2));
  }

  @Test
  void aListedClientIsRefusedWhileAnotherListIsSilent() {
    lists = lists(LONG.multipliedBy(10), "silent.example", "zen.example");
    dns.zone("silent.example", Mono.never()).a(AT_ZEN, HOUR, "127.0.0.2");

    assertThat(verdict(CLIENT)).isEqualTo(refused("zen.example", ""));
  }

  /// The silent list's questions fill its own places only.
  @Test
  void aSilentListTakesNoPlacesFromOthers() {
    lists = lists(Duration.ofSeconds(2), "silent.example", "zen.example");
    dns.zone("silent.example", Mono.never());
    List<ListedClient> clients =
        IntStream.range(0, 2_000).mapToObj(each -> lists.about(client(each))).toList();

    assertThat(dns.asked.stream().filter(each -> each.endsWith("zen.example"))).hasSize(2_000);
    assertThat(dns.asked.stream().filter(each -> each.endsWith("silent.example"))).hasSize(256);
    assertThat(clients)
        .allSatisfy(each -> assertThat(each.verdict().block(LONG)).isEqualTo(ListVerdict.CLEAR));
    until(() -> count("silent.example", "failed") + count("silent.example", "no_room") == 2_000);
  }
}
