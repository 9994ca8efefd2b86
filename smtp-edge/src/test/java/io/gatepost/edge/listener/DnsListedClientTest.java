package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.dns.NameServers;
import io.gatepost.edge.dnslist.DnsList;
import io.gatepost.edge.dnslist.ListAction;
import io.gatepost.edge.dnslist.ListJudge;
import io.gatepost.edge.inquiry.ClientInquiries;
import io.gatepost.edge.inquiry.ClientNames;
import io.gatepost.edge.inquiry.DnsLists;
import io.gatepost.edge.intake.PeerNames;
import io.gatepost.edge.policy.CheckName;
import io.gatepost.edge.policy.Exemptions;
import io.gatepost.edge.policy.PolicyRules;
import io.gatepost.testkit.dns.FakeMailDns;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;
import reactor.core.publisher.Mono;

/// Clients that a proxy names, whom lists at a name server on this machine have or have not.
class DnsListedClientTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final String LISTED = "192.0.2.9";
  private static final String AT_ZEN = "9.2.0.192.zen.example";

  private final FakeMailDns server = FakeMailDns.start();
  private final TestEdge edge = new TestEdge();
  private final List<DnsList> lists = new ArrayList<>();
  private final AtomicInteger verified = new AtomicInteger();

  @AfterEach
  void stop() {
    edge.close();
    server.close();
  }

  private void list(String zone, ListAction action) {
    lists.add(new DnsList(DomainName.of(zone), 1, List.of(), action));
  }

  private void start() {
    String[] address = server.server().split(":");
    NameServers servers =
        new NameServers(
            List.of(new InetSocketAddress(address[0], Integer.parseInt(address[1]))),
            NameServers.gate());
    edge.relayFrom = List.of("198.51.100.0/24");
    edge.proxyFrom = List.of("127.0.0.1");
    edge.maxConnections = 10_000;
    edge.recipients =
        _ -> {
          verified.incrementAndGet();
          return Mono.just(new RecipientVerdict.Good());
        };
    edge.inquiries =
        new ClientInquiries(
            InetAddress::isLoopbackAddress,
            Optional.of(
                new DnsLists(
                    new ListJudge(lists, 1),
                    servers.direct(TIMEOUT),
                    TIMEOUT,
                    10_000,
                    edge.meters)),
            Optional.of(new ClientNames(servers.direct(TIMEOUT), TIMEOUT, 10_000, edge.meters)));
    edge.peerNames = PeerNames.ASKED;
    edge.start();
  }

  private TestClient client(String address) throws IOException {
    TestClient client = new TestClient(edge.port());
    client.send("PROXY TCP4 " + address + " 203.0.113.1 40000 25\r\n");
    return client.greet();
  }

  private String rcpt(String address, String recipient) throws IOException {
    try (TestClient client = client(address)) {
      assertThat(client.say("MAIL FROM:<bob@client.example>")).startsWith("250 ");
      return client.say("RCPT TO:<" + recipient + ">");
    }
  }

  private EnvelopeRecord accepted(String address) throws IOException {
    try (TestClient client = client(address)) {
      client.openData();
      assertThat(client.say("Subject: x\r\n\r\n.")).startsWith("250 ");
    }
    return edge.queue.messages.getLast();
  }

  @Test
  void aListedClientIsRefusedBeforeItsRecipientIsVerified() throws IOException {
    list("zen.example", ListAction.REFUSE);
    server.a(AT_ZEN, "127.0.0.2").txt(AT_ZEN, "sends spam");
    start();

    assertThat(rcpt(LISTED, "ann@dest.example"))
        .isEqualTo("554 5.7.1 Client [192.0.2.9] is listed by zen.example: sends spam");
    assertThat(verified).hasValue(0);
    await().until(() -> edge.ended("blacklisted") == 1);
    assertThat(edge.refused("rcpt", "dns_listed")).isEqualTo(1);
  }

  @Test
  void aListMayTellTheClientToComeBack() throws IOException {
    list("new.example", ListAction.DEFER);
    server.a("9.2.0.192.new.example", "127.0.0.2");
    start();

    assertThat(rcpt(LISTED, "ann@dest.example"))
        .isEqualTo("450 4.7.1 Client [192.0.2.9] is listed by new.example, try again later");
  }

  @Test
  void aListMayMarkTheMessage() throws IOException {
    list("dul.example", ListAction.MARK);
    server.a("9.2.0.192.dul.example", "127.0.0.2");
    start();

    EnvelopeRecord message = accepted(LISTED);

    assertThat(message.envelope().provenance().marks())
        .containsExactly(new Mark("dns-lists", "dul.example"));
  }

  @Test
  void aClientThatNoListHasIsAccepted() throws IOException {
    list("zen.example", ListAction.REFUSE);
    start();

    assertThat(rcpt("192.0.2.10", "ann@dest.example")).startsWith("250 ");
    assertThat(verified).hasValue(1);
  }

  @Test
  void aListThatAllowsBeatsOneThatRefuses() throws IOException {
    list("zen.example", ListAction.REFUSE);
    list("good.example", ListAction.ALLOW);
    server.a(AT_ZEN, "127.0.0.2").a("9.2.0.192.good.example", "127.0.0.1");
    start();

    assertThat(rcpt(LISTED, "ann@dest.example")).startsWith("250 ");
  }

  @Test
  void postmasterAndAbuseStayReachable() throws IOException {
    list("zen.example", ListAction.REFUSE);
    server.a(AT_ZEN, "127.0.0.2");
    start();

    assertThat(rcpt(LISTED, "PostMaster@dest.example")).startsWith("250 ");
    assertThat(rcpt(LISTED, "abuse@dest.example")).startsWith("250 ");
    assertThat(rcpt(LISTED, "ann@dest.example")).startsWith("554 ");
    assertThat(verified).hasValue(2);
  }

  @Test
  void ourOwnClientsAreNotAskedAbout() throws IOException {
    list("zen.example", ListAction.REFUSE);
    server.a("9.100.51.198.zen.example", "127.0.0.2");
    start();

    assertThat(rcpt("198.51.100.9", "ann@dest.example")).startsWith("250 ");
    assertThat(server.asked("zen.example", Type.A)).isZero();
  }

  @Test
  void aProxyIsNotAskedAboutInPlaceOfItsClient() throws IOException {
    list("zen.example", ListAction.REFUSE);
    start();
    try (TestClient client = new TestClient(edge.port())) {
      client.send("PROXY UNKNOWN\r\n");
      client.greet().openTransaction();
    }

    assertThat(server.asked("zen.example", Type.A)).isZero();
  }

  @Test
  void theClientThatXclientNamesIsAskedAbout() throws IOException {
    list("zen.example", ListAction.REFUSE);
    server.a(AT_ZEN, "127.0.0.2");
    edge.xclientFrom = List.of("203.0.113.7");
    start();

    try (TestClient client = client("203.0.113.7")) {
      assertThat(client.say("XCLIENT ADDR=" + LISTED)).startsWith("220 ");
      client.ehlo();
      client.say("MAIL FROM:<bob@client.example>");
      assertThat(client.say("RCPT TO:<ann@dest.example>")).startsWith("554 5.7.1 ");
    }
  }

  @Test
  void aClientThatIsExemptIsNotAskedAbout() throws IOException {
    list("zen.example", ListAction.REFUSE);
    server.a(AT_ZEN, "127.0.0.2");
    Exemptions table = Exemptions.parse("table", List.of("192.0.2.0/28 dns-lists"));
    edge.policyRules = new PolicyRules(Set.of(), () -> table);
    start();

    assertThat(rcpt(LISTED, "ann@dest.example")).startsWith("250 ");
    assertThat(server.asked("zen.example", Type.A)).isZero();
  }

  @Test
  void aCheckThatWarnsOnlyRefusesNothing() throws IOException {
    list("zen.example", ListAction.REFUSE);
    server.a(AT_ZEN, "127.0.0.2");
    edge.policyRules = new PolicyRules(Set.of(CheckName.DNS_LISTS), () -> Exemptions.NONE);
    start();

    assertThat(rcpt(LISTED, "ann@dest.example")).startsWith("250 ");
  }

  @Test
  void anIpv6ClientIsLookedUpByItsNibbles() throws IOException {
    list("zen.example", ListAction.REFUSE);
    server.a(
        "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.example", "127.0.0.2");
    start();
    try (TestClient client = new TestClient(edge.port())) {
      client.send("PROXY TCP6 2001:db8::9 2001:db8::1 40000 25\r\n");
      client.greet();
      client.say("MAIL FROM:<bob@client.example>");

      assertThat(client.say("RCPT TO:<ann@dest.example>"))
          .isEqualTo("554 5.7.1 Client [2001:db8:0:0:0:0:0:9] is listed by zen.example");
    }
  }

  @Test
  void aConfirmedNameIsInTheTraceFieldAndTheEnvelope() throws IOException {
    server.ptr("10.2.0.192.in-addr.arpa", "mail.client.example");
    server.a("mail.client.example", "192.0.2.10");
    start();
    accepted("192.0.2.10"); // the first message does not wait for the name
    await()
        .until(() ->
            edge.meters.get("gatepost.edge.names").tag("result", "confirmed").counter().count()
                == 1);

    EnvelopeRecord message = accepted("192.0.2.10");

    Provenance provenance = message.envelope().provenance();
    assertThat(provenance.name()).contains(DomainName.of("mail.client.example"));
    assertThat(text(message))
        .startsWith("Received: from client.example (mail.client.example [192.0.2.10])\r\n");
  }

  @Test
  void aClientWithoutAConfirmedNameIsUnknown() throws IOException {
    server.ptr("10.2.0.192.in-addr.arpa", "mx.bank.example").a("mx.bank.example", "192.0.2.77");
    start();

    EnvelopeRecord message = accepted("192.0.2.10");

    assertThat(message.envelope().provenance().name()).isEmpty();
    assertThat(text(message))
        .startsWith("Received: from client.example (unknown [192.0.2.10])\r\n");
  }

  private static String text(EnvelopeRecord message) {
    return new String(message.content(), StandardCharsets.US_ASCII);
  }

  /// The first clients wait for the dead list, until it is left alone; the others do not hear of
  /// it.
  @Test
  void aDeadListDoesNotMoveTheTimeToTheReplyButForTheFirstClients() throws Exception {
    list("zen.example", ListAction.REFUSE);
    list("other.example", ListAction.REFUSE);
    list("dead.example", ListAction.REFUSE);
    server.silentBelow("dead.example");
    start();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> first = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        String address = "10.1.0." + i;
        first.add(clients.submit(() -> timeToReply(address)));
      }
      for (Future<Long> each : first) {
        assertThat(Duration.ofNanos(each.get()))
            .isBetween(TIMEOUT.dividedBy(2), TIMEOUT.multipliedBy(3));
      }
    }

    long[] times = new long[2_000];
    for (int i = 0; i < times.length; i++) {
      times[i] = timeToReply("10.2." + i / 256 + "." + i % 256);
    }

    Arrays.sort(times);
    assertThat(Duration.ofNanos(times[times.length * 99 / 100])).isLessThan(Duration.ofMillis(100));
    assertThat(Duration.ofNanos(times[times.length - 1])).isLessThan(TIMEOUT);
    assertThat(server.asked("zen.example", Type.A)).isEqualTo(2_012);
    assertThat(server.asked("dead.example", Type.A)).isLessThan(100);
  }

  /// From connecting to the reply to RCPT.
  private long timeToReply(String address) throws IOException {
    long began = System.nanoTime();
    assertThat(rcpt(address, "ann@dest.example")).startsWith("250 ");
    return System.nanoTime() - began;
  }
}
