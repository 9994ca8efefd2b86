package io.gatepost.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.event.TrafficClass;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.edge.session.Role;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientBansTest {

  private static final int MAX_CLIENTS = 1_000;
  private static final Verdict.Refuse UNKNOWN_USER =
      refusal(Reason.UNKNOWN_USER, Reply.of(550, "5.1.1", "No such user"));

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Instant now = Instant.EPOCH;
  private final ClientBans bans =
      new ClientBans(
          new ClientBans.Rule(3, Duration.ofMinutes(10), Duration.ofMinutes(5)),
          MAX_CLIENTS,
          () -> now,
          meters);

  private static Verdict.Refuse refusal(Reason reason, Reply reply) {
    return new Verdict.Refuse(reason, reply);
  }

  private void refuse(String client, Verdict.Refuse refusal, int times) {
    for (int i = 0; i < times; i++) {
      bans.refused(Provenance.connected(client, "192.0.2.1:25", Origin.EXTERNAL), refusal);
    }
  }

  private boolean isBanned(String client, Origin origin) {
    return bans.on(
                new ConnectingClient(
                    InetAddress.ofLiteral(client), origin, ClientClass.of(Role.MX, origin)))
            .block()
        instanceof Verdict.Refuse;
  }

  private boolean isBanned(String client) {
    return isBanned(client, Origin.EXTERNAL);
  }

  private double begun() {
    return meters.get("gatepost.edge.bans").counter().count();
  }

  private double active() {
    return meters.get("gatepost.edge.bans.active").gauge().value();
  }

  @Test
  void manyUnknownUsersAreABanThatEndsByItself() {
    refuse("203.0.113.9", UNKNOWN_USER, 2);
    assertThat(isBanned("203.0.113.9")).isFalse();

    refuse("203.0.113.9", UNKNOWN_USER, 1);
    assertThat(isBanned("203.0.113.9")).isTrue();
    assertThat(isBanned("203.0.113.10")).isFalse();
    assertThat(begun()).isEqualTo(1);
    assertThat(active()).isEqualTo(1);

    now = now.plus(Duration.ofMinutes(5));
    assertThat(isBanned("203.0.113.9")).isFalse();
    assertThat(active()).isZero();
  }

  @Test
  void theCountStartsAgainWhenItsTimeIsOver() {
    refuse("203.0.113.9", UNKNOWN_USER, 2);
    now = now.plus(Duration.ofMinutes(10));
    refuse("203.0.113.9", UNKNOWN_USER, 2);

    assertThat(isBanned("203.0.113.9")).isFalse();
  }

  @Test
  void anIpv6NetworkIsOneClient() {
    refuse("2001:db8::1", UNKNOWN_USER, 2);
    refuse("2001:db8::2", UNKNOWN_USER, 1);

    assertThat(isBanned("2001:db8::3")).isTrue();
    assertThat(isBanned("2001:db8:0:1::3")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "UNKNOWN_USER, 5.1.1, true",
    "RELAY_DENIED, 5.7.1, true",
    "NEXT_HOP_REFUSED, 5.1.1, true",
    "NEXT_HOP_REFUSED, 5.7.1, false",
    "RECIPIENT_LIMIT, 4.5.3, false",
    "UNROUTABLE_DOMAIN, 5.1.2, false",
  })
  void onlyGuessesCount(Reason reason, String status, boolean counts) {
    int code = status.startsWith("4") ? 450 : 550;

    refuse("203.0.113.9", refusal(reason, Reply.of(code, status, "No")), 5);

    assertThat(isBanned("203.0.113.9")).isEqualTo(counts);
  }

  @Test
  void ourOwnClientsAreNeitherCountedNorBanned() {
    Provenance own = Provenance.connected("203.0.113.9", "192.0.2.1:25", Origin.INTERNAL);
    for (int i = 0; i < 10; i++) {
      bans.refused(own, UNKNOWN_USER);
    }
    assertThat(isBanned("203.0.113.9")).isFalse();

    refuse("203.0.113.9", UNKNOWN_USER, 3);
    assertThat(isBanned("203.0.113.9", Origin.INTERNAL)).isFalse();
  }

  @Test
  void memoryIsBoundedAndTheOldestGoFirst() {
    refuse("203.0.113.9", UNKNOWN_USER, 3);
    refuse("198.51.100.1", UNKNOWN_USER, 2);
    for (int i = 0; i < MAX_CLIENTS; i++) {
      refuse("10.0." + i / 256 + '.' + i % 256, UNKNOWN_USER, 3);
    }

    assertThat(active()).isEqualTo(MAX_CLIENTS);
    assertThat(isBanned("203.0.113.9")).isFalse();
    assertThat(isBanned("10.0.3.231")).isTrue();
  }

  @Test
  void countsThatBeganLongAgoGiveWayToNewOnes() {
    refuse("198.51.100.1", UNKNOWN_USER, 2);
    for (int i = 0; i < MAX_CLIENTS; i++) {
      refuse("10.0." + i / 256 + '.' + i % 256, UNKNOWN_USER, 1);
    }

    refuse("198.51.100.1", UNKNOWN_USER, 1);

    assertThat(isBanned("198.51.100.1")).isFalse();
  }

  @Test
  void aBannedClientIsOneOnAList() {
    assertThat(TrafficClass.of(Reason.BANNED)).isEqualTo(TrafficClass.BLACKLISTED);
  }
}
