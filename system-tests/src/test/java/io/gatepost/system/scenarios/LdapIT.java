package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.Modes;
import io.gatepost.testkit.peer.Slapd;
import io.gatepost.testkit.product.GatepostCommand;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Addresses from an LDAP directory.
class LdapIT {

  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static String entries(int port) {
    return """
    dn: uid=ann,dc=peer,dc=test
    objectClass: inetOrgPerson
    objectClass: inetLocalMailRecipient
    uid: ann
    cn: Ann
    sn: Example
    mailLocalAddress: ann@dept.test
    mailLocalAddress: a.example@dept.test
    mailLocalAddress: late@dept.test
    mailHost: [127.0.0.1]:%1$d
    mailRoutingAddress: ann@store.test

    dn: uid=bea,dc=peer,dc=test
    objectClass: inetOrgPerson
    objectClass: inetLocalMailRecipient
    uid: bea
    cn: Bea
    sn: Example
    mailLocalAddress: bea@dept.test
    mailRoutingAddress: alice@example.test

    """
        .formatted(port);
  }

  private static Map<String, String> settings(Slapd slapd) {
    return Map.of(
        "gatepost.routing.ldap.urls",
        slapd.url(),
        "gatepost.routing.ldap.bind-dn",
        Slapd.ADMIN,
        "gatepost.routing.ldap.password",
        Slapd.PASSWORD,
        "gatepost.routing.ldap.base",
        Slapd.BASE,
        "gatepost.routing.ldap.domains",
        "dept.test",
        "gatepost.routing.ldap.cache-good",
        "0s",
        "gatepost.routing.ldap.cache-bad",
        "0s");
  }

  static Stream<Mode> modes() {
    return Modes.of(Mode.ALL_IN_ONE);
  }

  @ParameterizedTest
  @MethodSource("modes")
  void itsAddressesAreServedAndOnlyItsDomainsWaitForIt(Mode mode) {
    try (FakeSmtpServer store = FakeSmtpServer.start();
        Slapd slapd = Slapd.start(entries(store.address().getPort()));
        Estate estate = Estate.start("ldap", mode, settings(slapd))) {
      assertThat(estate.replyToRcpt("ann@dept.test")).startsWith("250");
      assertThat(estate.replyToRcpt("nobody@dept.test")).startsWith("550 5.1.1");
      assertThat(route(estate, "ann@dept.test"))
          .contains("ann@dept.test goes to smtp:[127.0.0.1]:", " as ann@store.test");
      assertArrives(estate, store);

      slapd.kill();
      assertThat(estate.replyToRcpt("late@dept.test")).startsWith("451 4.3.0");
      assertThat(estate.replyToRcpt("other@dept.test")).startsWith("451 4.3.0");
      assertThat(estate.replyToRcpt("alice@example.test")).startsWith("250");
      assertThat(estate.replyToRcpt("user@sink.test")).startsWith("250");

      slapd.restart();
      assertThat(estate.replyToRcpt("late@dept.test")).startsWith("250");
    }
  }

  /// One copy for two names of one address, under its name at the store, and one in a mailbox.
  private static void assertArrives(Estate estate, FakeSmtpServer store) {
    String id = Estate.newMessageId();
    assertThat(
            estate.deliver(
                "sender@example.test",
                List.of("ann@dept.test", "a.example@dept.test", "bea@dept.test"),
                Estate.message(id)))
        .startsWith("250");

    await().atMost(LONGEST).until(() -> estate.messageIdsIn("alice@example.test").contains(id));
    await().atMost(LONGEST).until(() -> store.count() > 0);
    assertThat(store.arrivals(id))
        .extracting(FakeSmtpServer.Arrival::recipient)
        .containsExactly("ann@store.test");
  }

  private static String route(Estate estate, String address) {
    List<String> command = new ArrayList<>(List.of("route", address));
    command.addAll(estate.gatepost().operatorOptions());
    GatepostCommand.Ended ended = GatepostCommand.run(LONGEST, command);
    assertThat(ended.status()).as(ended.complaints()).isZero();
    return ended.output();
  }
}
