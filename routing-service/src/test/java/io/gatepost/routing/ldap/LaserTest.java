package io.gatepost.routing.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.testkit.peer.Slapd;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Answers for entries of a real directory (requirement C10).
class LaserTest {

  private static Slapd slapd;

  /// An entry with these attributes besides what the schema asks for.
  private static String entry(String uid, String... attributes) {
    StringBuilder entry =
        new StringBuilder(
            """
            dn: uid=%1$s,dc=peer,dc=test
            objectClass: inetOrgPerson
            objectClass: inetLocalMailRecipient
            uid: %1$s
            cn: %1$s
            sn: %1$s
            """
                .formatted(uid));
    Stream.of(attributes).forEach(attribute -> entry.append(attribute).append('\n'));
    return entry.append('\n').toString();
  }

  @BeforeAll
  static void start() {
    slapd =
        Slapd.start(
            entry("host", "mailLocalAddress: host@peer.test", "mailHost: store.test")
                + entry("port", "mailLocalAddress: port@peer.test", "mailHost: store.test:2525")
                + entry(
                    "literal", "mailLocalAddress: literal@peer.test", "mailHost: [192.0.2.9]:26")
                + entry("ip", "mailLocalAddress: ip@peer.test", "mailHost: 192.0.2.9")
                + entry(
                    "address",
                    "mailLocalAddress: address@peer.test",
                    "mailRoutingAddress: moved@far.test")
                + entry(
                    "short",
                    "mailLocalAddress: short@peer.test",
                    "mailRoutingAddress: a-longer-name@far.test")
                + entry(
                    "both",
                    "mailLocalAddress: both@peer.test",
                    "mailLocalAddress: alias@peer.test",
                    "mailRoutingAddress: both@store.test",
                    "mailHost: store.test")
                + entry(
                    "same",
                    "mailLocalAddress: same@peer.test",
                    "mailRoutingAddress: same@peer.test",
                    "mailHost: store.test")
                + entry("neither", "mailLocalAddress: neither@peer.test")
                + entry("ours", "mailLocalAddress: ours@peer.test", "mailHost: mx.here.test")
                + entry(
                    "oursmoved",
                    "mailLocalAddress: oursmoved@peer.test",
                    "mailRoutingAddress: moved@far.test",
                    "mailHost: MX.here.test")
                + entry(
                    "whole", "mailLocalAddress: @other.test", "mailRoutingAddress: @renamed.test")
                + entry("gone", "mailLocalAddress: gone@peer.test", "mailHost: gone.test")
                + entry("nohost", "mailLocalAddress: nohost@peer.test", "mailHost: no host!")
                + entry(
                    "noaddress",
                    "mailLocalAddress: noaddress@peer.test",
                    "mailRoutingAddress: nowhere")
                + entry("twice1", "mailLocalAddress: twice@peer.test", "mailHost: a.test")
                + entry("twice2", "mailLocalAddress: twice@peer.test", "mailHost: b.test")
                + entry(
                    "group",
                    "mail: group@peer.test",
                    "objectClass: extensibleObject",
                    "description: one@far.test",
                    "description: group@peer.test"));
  }

  @AfterAll
  static void stop() {
    slapd.close();
  }

  private static RouterResult rewrite(String address) {
    return new RouterResult.Rewrite(List.of(ForwardPath.of(address)));
  }

  private static Destination.Smtp store(int port) {
    return LdapTrial.smtp("smtp:[store.test]:" + port, "store.test", port);
  }

  private static RouterResult literal(int port) {
    return new RouterResult.Deliver(
        new Destination.Smtp(
            "smtp:[192.0.2.9]:" + port,
            NamedBy.OPERATOR,
            List.of(new Destination.NextHop("[192.0.2.9]", "192.0.2.9", port))));
  }

  @Test
  void aHostGetsTheMailForTheOriginalAddress() {
    try (LdapTrial trial = LdapTrial.of(slapd)) {
      assertThat(trial.find("host@peer.test")).isEqualTo(new RouterResult.Deliver(store(25)));
      assertThat(trial.find("port@peer.test")).isEqualTo(new RouterResult.Deliver(store(2525)));
      assertThat(trial.find("literal@peer.test")).isEqualTo(literal(26));
      assertThat(trial.find("ip@peer.test")).isEqualTo(literal(25));
    }
  }

  @Test
  void aRoutingAddressIsRoutedInstead() {
    try (LdapTrial trial = LdapTrial.of(slapd)) {
      assertThat(trial.find("address@peer.test")).isEqualTo(rewrite("moved@far.test"));
      assertThat(trial.find("ADDRESS@peer.test")).isEqualTo(rewrite("moved@far.test"));
    }
  }

  @Test
  void aHostBesideARoutingAddressGetsTheMailForThat() {
    RouterResult expected =
        new RouterResult.DeliverAs(store(25), ForwardPath.of("both@store.test"));
    try (LdapTrial trial = LdapTrial.of(slapd)) {
      assertThat(trial.find("both@peer.test")).isEqualTo(expected);
      assertThat(trial.find("alias@peer.test")).isEqualTo(expected);
      assertThat(trial.find("same@peer.test")).isEqualTo(new RouterResult.Deliver(store(25)));
    }
  }

  @Test
  void thisHostIsNoOther() {
    try (LdapTrial trial = LdapTrial.of(slapd)) {
      assertThat(trial.find("ours@peer.test")).isEqualTo(RouterResult.NO_MATCH);
      assertThat(trial.find("oursmoved@peer.test")).isEqualTo(rewrite("moved@far.test"));
    }
  }

  @Test
  void anEntryWithNeitherIsPassedOnOrALocalMailbox() {
    try (LdapTrial trial = LdapTrial.of(slapd)) {
      assertThat(trial.find("neither@peer.test")).isEqualTo(RouterResult.NO_MATCH);
    }
    try (LdapTrial trial = LdapTrial.of(slapd, "without-route=mailbox")) {
      assertThat(trial.find("neither@peer.test"))
          .isEqualTo(
              new RouterResult.Deliver(
                  new Destination.Mailbox("neither", DomainName.of("peer.test"))));
    }
  }

  @Test
  void anUnknownAddressIsRefusedOrPassedOn() {
    ForwardPath nobody = ForwardPath.of("nobody@peer.test");
    try (LdapTrial trial = LdapTrial.of(slapd)) {
      assertThat(trial.find("nobody@peer.test"))
          .isEqualTo(new RouterResult.Refuse(Reason.UNKNOWN_USER, Replies.unknownUser(nobody)));
      assertThat(trial.count("unknown")).isOne();
    }
    try (LdapTrial trial = LdapTrial.of(slapd, "not-found=next")) {
      assertThat(trial.find("nobody@peer.test")).isEqualTo(RouterResult.NO_MATCH);
    }
  }

  @Test
  void onlyItsDomainsAreAskedAbout() {
    try (LdapTrial trial = LdapTrial.of("ldap://127.0.0.1:1", () -> null)) {
      assertThat(trial.source.serves(LdapTrial.request("host@peer.test"))).isTrue();
      assertThat(trial.source.serves(LdapTrial.request("host@far.test"))).isFalse();
      assertThat(trial.find("host@far.test")).isEqualTo(RouterResult.NO_MATCH);
    }
  }

  @Test
  void anEntryOfTheDomainStandsForAddressesWithoutOne() {
    try (LdapTrial trial = LdapTrial.of(slapd)) {
      assertThat(trial.find("anybody@other.test")).isEqualTo(rewrite("anybody@renamed.test"));
      assertThat(trial.find("any+body@other.test")).isEqualTo(rewrite("any+body@renamed.test"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "strip, address+news@peer.test, moved@far.test",
    "preserve, address+news@peer.test, moved+news@far.test",
    "preserve, address+a+b@peer.test, moved+a+b@far.test",
  })
  void aDetailIsLostOrPassedOn(String rule, String address, String expected) {
    try (LdapTrial trial = LdapTrial.of(slapd, "detail=" + rule)) {
      assertThat(trial.find(address)).isEqualTo(rewrite(expected));
    }
  }

  /// Addresses that a client makes up are not the operator's to mend.
  @Test
  void aDetailThatIsTooLongToBePassedOnIsNobodys() {
    try (LdapTrial trial = LdapTrial.of(slapd, "detail=preserve")) {
      assertThat(trial.find("short+" + "x".repeat(230) + "@peer.test"))
          .isEqualTo(rewrite("a-longer-name+" + "x".repeat(230) + "@far.test"));
      assertThat(trial.find("short+" + "x".repeat(245) + "@peer.test"))
          .isInstanceOf(RouterResult.Refuse.class);
    }
  }

  @Test
  void aHostGetsTheDetailWhereItIsPassedOn() {
    try (LdapTrial trial = LdapTrial.of(slapd, "detail=preserve")) {
      assertThat(trial.find("host+news@peer.test")).isEqualTo(new RouterResult.Deliver(store(25)));
    }
    try (LdapTrial trial = LdapTrial.of(slapd, "detail=strip")) {
      assertThat(trial.find("host+news@peer.test"))
          .isEqualTo(new RouterResult.DeliverAs(store(25), ForwardPath.of("host@peer.test")));
    }
    try (LdapTrial trial = LdapTrial.of(slapd, "detail=exact")) {
      assertThat(trial.find("host+news@peer.test")).isInstanceOf(RouterResult.Refuse.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone", "nohost", "noaddress", "twice"})
  void whatTheOperatorHasToMendWaits(String user) {
    try (LdapTrial trial = LdapTrial.of(slapd)) {
      assertThat(trial.find(user + "@peer.test")).isEqualTo(Results.LATER);
    }
  }

  @Test
  void aGroupHasSeveralAddresses() {
    try (LdapTrial trial =
        LdapTrial.of(slapd, "filter=(mail={address})", "attributes.routing-address=description")) {
      assertThat(trial.find("group@peer.test"))
          .isEqualTo(
              new RouterResult.Rewrite(
                  List.of(ForwardPath.of("one@far.test"), ForwardPath.of("group@peer.test"))));
    }
  }

  @Test
  void aFilterOfTheOperatorsMayAskForTheSender() {
    ForwardPath host = ForwardPath.of("host@peer.test");
    try (LdapTrial trial =
        LdapTrial.of(slapd, "filter=(&(uid={local})(!(mailLocalAddress={sender})))")) {
      assertThat(trial.find("host@peer.test")).isInstanceOf(RouterResult.Deliver.class);
      assertThat(trial.find(new RouteRequest(ReversePath.of(host + ""), host, Scope.HOSTED)))
          .isInstanceOf(RouterResult.Refuse.class);
      assertThat(trial.find("host@peer.test")).isInstanceOf(RouterResult.Deliver.class);
    }
  }

  @Test
  void answersAreRemembered() {
    try (LdapTrial trial = LdapTrial.of(slapd)) {
      trial.find("host@peer.test");
      int searches = slapd.searches().size();
      trial.find("host@peer.test");

      assertThat(slapd.searches()).hasSize(searches);
      assertThat(trial.count("found")).isOne();
    }
  }
}
