package io.gatepost.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.testkit.dns.FakeMailDns;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;
import reactor.core.publisher.Mono;

class NameServersTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  /// Enough for a name server on this machine to answer.
  private static final Duration SHORT = Duration.ofMillis(500);

  private final FakeMailDns server = FakeMailDns.start();
  private final NameServers servers = new NameServers(List.of(address()), NameServers.gate());

  private InetSocketAddress address() {
    String[] parts = server.server().split(":");
    return new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer ask(String name, RecordType type) {
    return servers.direct(LONG).ask(name, type, "test").block(LONG);
  }

  @Test
  void anAnswerTellsHowLongItHolds() {
    server.a("2.0.0.127.zen.example", "127.0.0.2", Duration.ofSeconds(300));
    server.a("2.0.0.127.zen.example", "127.0.0.4", Duration.ofSeconds(70));

    assertThat(ask("2.0.0.127.zen.example", RecordType.A))
        .isEqualTo(
            new Answer.Found(
                List.of(
                    new RecordData.Address(InetAddress.ofLiteral("127.0.0.2")),
                    new RecordData.Address(InetAddress.ofLiteral("127.0.0.4"))),
                Duration.ofSeconds(70)));
  }

  @Test
  void anAbsenceHoldsAsLongAsItsZoneSays() {
    server.a("other.example", "192.0.2.1");

    assertThat(ask("nowhere.example", RecordType.A))
        .isEqualTo(new Answer.Absent(Duration.ofSeconds(1)));
    assertThat(ask("other.example", RecordType.TXT))
        .isEqualTo(new Answer.Absent(Duration.ofSeconds(1)));
  }

  @Test
  void theServerIsAskedEachTimeUnlessTheCacheIsWanted() {
    server.a("host.example", "192.0.2.1", Duration.ofSeconds(300));

    ask("host.example", RecordType.A);
    ask("host.example", RecordType.A);
    assertThat(server.asked("host.example", Type.A)).isEqualTo(2);

    servers.cached(LONG).ask("host.example", RecordType.A, "test").block(LONG);
    servers.cached(LONG).ask("host.example", RecordType.A, "test").block(LONG);
    assertThat(server.asked("host.example", Type.A)).isEqualTo(3);
  }

  @Test
  void aliasesAreFollowed() {
    server.cname("7.2.0.192.in-addr.arpa", "7.0-31.2.0.192.in-addr.arpa");
    server.ptr("7.0-31.2.0.192.in-addr.arpa", "mail.example");

    assertThat(ask("7.2.0.192.in-addr.arpa", RecordType.PTR))
        .isEqualTo(
            new Answer.Found(
                List.of(new RecordData.Pointer("mail.example")), Duration.ofSeconds(1)));
  }

  @Test
  void aliasesThatLeadNowhereAreAnAbsence() {
    server.cname("a.example", "b.example").cname("b.example", "a.example");

    assertThat(ask("a.example", RecordType.A)).isInstanceOf(Answer.Absent.class);
  }

  @Test
  void aTextIsItsOctets() {
    server.txt("2.0.0.127.zen.example", "a\"\\\u0007\u00e9");

    assertThat(ask("2.0.0.127.zen.example", RecordType.TXT))
        .isEqualTo(
            new Answer.Found(
                List.of(new RecordData.Text("a\"\\\u0007\u00e9")), Duration.ofSeconds(1)));
  }

  @Test
  void aServerThatFailsIsAnErrorAndNoAbsence() {
    server.failing("fails.example");

    Mono<Answer> answer = servers.direct(LONG).ask("fails.example", RecordType.A, "test");
    assertThatThrownBy(() -> answer.block(LONG)).isInstanceOf(DnsException.class);
  }

  @Test
  void aServerThatSaysNothingCostsTheTimeOut() {
    server.silent("silent.example");

    Mono<Answer> answer = servers.direct(SHORT).ask("silent.example", RecordType.A, "test");
    assertThatThrownBy(() -> answer.block(LONG)).isInstanceOf(DnsException.class);
  }

  @Test
  void whatIsNoNameIsAbsent() {
    assertThat(ask("a..example", RecordType.A)).isEqualTo(new Answer.Absent(Duration.ZERO));
    assertThat(ask("x".repeat(64) + ".example", RecordType.A))
        .isEqualTo(new Answer.Absent(Duration.ZERO));
  }
}
