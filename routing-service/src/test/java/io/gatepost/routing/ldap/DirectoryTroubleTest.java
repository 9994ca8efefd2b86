package io.gatepost.routing.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.routing.chain.RouterResult;
import io.gatepost.testkit.peer.Slapd;
import io.gatepost.testkit.product.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/// A real directory that is busy, hangs, goes and comes back (requirement C13).
@Timeout(120)
class DirectoryTroubleTest {

  private static final String ENTRIES =
      """
      dn: uid=u,dc=peer,dc=test
      objectClass: inetOrgPerson
      objectClass: inetLocalMailRecipient
      uid: u
      cn: u
      sn: u
      mailLocalAddress: u@peer.test
      mailLocalAddress: a*b@peer.test
      mailHost: store.test

      dn: uid=elsewhere,dc=peer,dc=test
      objectClass: referral
      objectClass: extensibleObject
      uid: elsewhere
      ref: ldap://127.0.0.1:1/uid=elsewhere,dc=peer,dc=test

      """;

  private Slapd slapd;

  @BeforeEach
  void start() {
    slapd = Slapd.start(ENTRIES);
  }

  @AfterEach
  void stop() {
    slapd.close();
  }

  /// Found, as far as the directory goes.
  private static void assertFound(RouterResult result) {
    assertThat(result).isInstanceOf(RouterResult.Deliver.class);
  }

  private LdapTrial trial(String... changes) {
    List<String> all = new ArrayList<>(List.of("cache-good=0s", "cache-bad=0s"));
    all.addAll(List.of(changes));
    return LdapTrial.of(slapd, all.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*@peer.test",
        "u*@peer.test",
        "\"u)(uid=*\"@peer.test",
        "\"u\\\\2a\"@peer.test",
        "\u00fc@peer.test",
        "\ud83d\ude00@peer.test"
      })
  void whatAFilterWouldTakeForItsOwnIsAnOrdinaryAddress(String address) {
    try (LdapTrial trial = trial()) {
      assertThat(trial.find(address)).isInstanceOf(RouterResult.Refuse.class);
      assertFound(trial.find("a*b@peer.test"));
      assertFound(trial.find("\"a*b\"@peer.test"));
    }
  }

  @Test
  void aServerThatIsRestartedCostsNobodyAnything() {
    try (LdapTrial trial = trial("slots=4")) {
      List<CompletableFuture<RouterResult>> first =
          IntStream.range(0, 4).mapToObj(i -> later(trial, "u+" + i + "@peer.test")).toList();
      first.forEach(CompletableFuture::join);

      slapd.restart();

      for (int i = 0; i < 8; i++) {
        assertThat(trial.find("u@peer.test")).isInstanceOf(RouterResult.Deliver.class);
      }
    }
  }

  @Test
  void aServerThatIsAwayIsLaterAndComesBackByItself() {
    try (LdapTrial trial = trial()) {
      assertFound(trial.find("u@peer.test"));
      slapd.kill();

      assertThat(trial.find("u@peer.test")).isEqualTo(Results.LATER);
      assertThat(trial.count("away")).isOne();

      slapd.restart();
      assertFound(trial.find("u@peer.test"));
    }
  }

  @Test
  void aServerThatHangsIsLaterInTheTimeOfTheSettingsAndTheSlotIsFreeAfterwards() {
    try (LdapTrial trial = trial("timeout=500ms", "slots=1")) {
      assertFound(trial.find("u@peer.test"));
      Signal.STOP.to(slapd.process());
      long start = System.nanoTime();

      assertThat(trial.find("u@peer.test")).isEqualTo(Results.LATER);
      assertThat(trial.find("u+new@peer.test")).isEqualTo(Results.LATER); // connects

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
      Signal.CONT.to(slapd.process());
      await().atMost(LdapTrial.LONGEST).until(() -> trial.gate.running() == 0);
      assertFound(trial.find("u@peer.test"));
    }
  }

  @Test
  void aFullGateIsLaterAfterABoundedWait() {
    try (LdapTrial trial = trial("timeout=10s", "slots=1", "max-wait=300ms")) {
      assertFound(trial.find("u@peer.test"));
      Signal.STOP.to(slapd.process());
      CompletableFuture<RouterResult> holds = later(trial, "u@peer.test");
      await().atMost(LdapTrial.LONGEST).until(() -> trial.gate.running() == 1);

      assertThat(trial.find("other@peer.test")).isEqualTo(Results.LATER);

      assertThat(trial.count("busy")).isOne();
      assertThat(holds).isNotDone();
      Signal.CONT.to(slapd.process());
      assertFound(holds.join());
    }
  }

  @Test
  void equalQuestionsAreOneSearch() {
    try (LdapTrial trial = trial("timeout=30s", "max-wait=10s", "slots=1")) {
      assertFound(trial.find("u@peer.test"));
      int before = slapd.searches().size();
      Signal.STOP.to(slapd.process());
      List<CompletableFuture<RouterResult>> all =
          IntStream.range(0, 100).mapToObj(_ -> later(trial, "u@peer.test")).toList();
      Signal.CONT.to(slapd.process());

      all.forEach(each -> assertFound(each.join()));

      assertThat(slapd.searches()).hasSize(before + 1);
    }
  }

  @Test
  void theNextServerIsAskedWhereOneIsAway() {
    try (LdapTrial trial =
        LdapTrial.of(
            "ldap://127.0.0.1:1, " + slapd.url(), () -> null, "cache-good=0s", "slots=2")) {
      assertFound(trial.find("u@peer.test"));
      slapd.restart();
      assertFound(trial.find("u@peer.test"));
    }
  }

  @Test
  void aReferralIsNotFollowed() {
    try (LdapTrial trial = trial("filter=(uid={local})")) {
      assertThat(trial.find("elsewhere@peer.test")).isInstanceOf(RouterResult.Refuse.class);
    }
    try (LdapTrial trial = trial("base=uid=elsewhere,dc=peer,dc=test")) {
      assertThat(trial.find("u@peer.test")).isEqualTo(Results.LATER);
    }
  }

  @Test
  void aBaseThatDoesNotExistIsTheOperatorsMistakeAndNotTheSenders() {
    try (LdapTrial trial = trial("base=ou=nowhere,dc=peer,dc=test")) {
      assertThat(trial.find("u@peer.test")).isEqualTo(Results.LATER);
    }
  }

  @Test
  void aWrongPasswordIsLaterAndTheRightOneWorks() {
    try (LdapTrial trial = trial("bind-dn=" + Slapd.ADMIN, "password=wrong")) {
      assertThat(trial.find("u@peer.test")).isEqualTo(Results.LATER);
    }
    try (LdapTrial trial = trial("bind-dn=" + Slapd.ADMIN, "password=" + Slapd.PASSWORD)) {
      assertFound(trial.find("u@peer.test"));
    }
  }

  private static CompletableFuture<RouterResult> later(LdapTrial trial, String address) {
    return Mono.defer(() -> trial.source.find(LdapTrial.request(address))).toFuture();
  }
}
