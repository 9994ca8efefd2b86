package io.gatepost.edge.inquiry;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.dns.Answer;
import io.gatepost.dns.DnsException;
import io.gatepost.dns.RecordData;
import io.gatepost.dns.RecordType;
import io.gatepost.edge.inquiry.NamedClient.Found;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class ClientNamesTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.9");
  private static final String POINTER = "9.2.0.192.in-addr.arpa";

  private final FakeDns dns = new FakeDns();
  private final AtomicLong now = new AtomicLong();
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final ClientNames names =
      new ClientNames(dns, Duration.ofMillis(500), 1_000, meters, now::get);

  private Found found(InetAddress client) {
    NamedClient named = names.about(client);
    return Objects.requireNonNull(
        Awaitility.await().atMost(LONG).until(named::found, Objects::nonNull));
  }

  private static Found confirmed(String name) {
    return new Found.Confirmed(DomainName.of(name));
  }

  @Test
  void aNameThatLeadsBackIsTheClients() {
    dns.ptr(POINTER, HOUR, "Mail.Client.Example").a("mail.client.example", HOUR, "192.0.2.9");

    assertThat(found(CLIENT)).isEqualTo(confirmed("mail.client.example"));
  }

  @Test
  void aNameThatLeadsElsewhereIsNot() {
    dns.ptr(POINTER, HOUR, "mx.bank.example").a("mx.bank.example", HOUR, "198.51.100.1");

    assertThat(found(CLIENT)).isEqualTo(Found.UNCONFIRMED);
  }

  @Test
  void theFirstNameThatLeadsBackIsTaken() {
    dns.ptr(POINTER, HOUR, "a.example", "b.example", "c.example");
    dns.answer(RecordType.A, "a.example", Mono.error(new DnsException("SERVFAIL")));
    dns.a("b.example", HOUR, "198.51.100.1", "192.0.2.9").a("c.example", HOUR, "192.0.2.9");

    assertThat(found(CLIENT)).isEqualTo(confirmed("b.example"));
  }

  @Test
  void anIpv6ClientIsAskedAboutByItsNibbles() {
    InetAddress client = InetAddress.ofLiteral("2001:db8::9");
    dns.ptr(
        "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        HOUR,
        "six.example");
    dns.answer(
        RecordType.AAAA,
        "six.example",
        new Answer.Found(List.of(new RecordData.Address(client)), HOUR));

    assertThat(found(client)).isEqualTo(confirmed("six.example"));
  }

  @Test
  void aClientWithoutPointerHasNoName() {
    assertThat(found(CLIENT)).isEqualTo(Found.UNCONFIRMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\\010b.example",
        "x y.example",
        "[192.0.2.9]",
        ".",
        "\u00e9.example",
        "a).example",
        "-.example"
      })
  void aPointerToWhatIsNoHostNameIsNone(String name) {
    dns.ptr(POINTER, HOUR, name).a(name, HOUR, "192.0.2.9");

    assertThat(found(CLIENT)).isEqualTo(Found.UNCONFIRMED);
  }

  @Test
  void onlyTheFirstNamesOfMany() {
    String[] many =
        IntStream.range(0, 1_000).mapToObj(i -> "n" + i + ".example").toArray(String[]::new);
    dns.ptr(POINTER, HOUR, many);

    found(CLIENT);

    assertThat(dns.asked).hasSize(1 + 5);
  }

  @Test
  void nobodyWaitsAndASilentDnsEndsInNoName() {
    dns.answer(RecordType.PTR, POINTER, Mono.never());

    assertThat(names.about(CLIENT).found()).isNull();
    assertThat(found(CLIENT)).isEqualTo(Found.UNCONFIRMED);
    assertThat(meters.get("gatepost.edge.names").tag("result", "failed").counter().count())
        .isEqualTo(1);
  }

  @Test
  void aNameIsKeptAsLongAsItHolds() {
    dns.ptr(POINTER, HOUR, "a.example").a("a.example", Duration.ofSeconds(60), "192.0.2.9");
    found(CLIENT);

    now.addAndGet(Duration.ofSeconds(59).toNanos());
    found(CLIENT);
    assertThat(dns.askedFor("PTR " + POINTER)).isEqualTo(1);

    now.addAndGet(Duration.ofSeconds(2).toNanos());
    found(CLIENT);
    assertThat(dns.askedFor("PTR " + POINTER)).isEqualTo(2);
  }
}
