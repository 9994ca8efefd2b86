package io.gatepost.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.testkit.peer.NameServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Questions to Unbound, over UDP and TCP.
class RealNameServerIT {

  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void anAnswerThatIsTooLongForADatagramComesInFull() {
    List<String> options = new ArrayList<>(List.of("  local-zone: \"big.example.\" static"));
    for (int i = 0; i < 100; i++) {
      options.add("  local-data: \"x.big.example. 60 IN A 127.0.1." + i + "\"");
    }
    try (NameServer unbound = NameServer.unbound(options)) {
      Dns dns =
          new NameServers(
                  List.of(new InetSocketAddress("127.0.0.1", unbound.port())), NameServers.gate())
              .direct(LONG);

      assertThat(dns.ask("x.big.example", RecordType.A, "test").block(LONG))
          .isInstanceOfSatisfying(
              Answer.Found.class,
              found -> {
                assertThat(found.records()).hasSize(100);
                assertThat(found.ttl()).isEqualTo(Duration.ofSeconds(60));
              });
    }
  }
}
