package io.gatepost.verification.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict;
import io.gatepost.contract.verification.ScramParameters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import reactor.core.Disposable;

class CredentialsTest {

  private static final CredentialVerdict WRONG =
      new CredentialVerdict.Refused(Reason.BAD_CREDENTIALS, Replies.BAD_CREDENTIALS);
  private static final CredentialVerdict ANN = new CredentialVerdict.Accepted("ann", "");
  private static final CredentialVerdict BUSY =
      new CredentialVerdict.Refused(Reason.SERVICE_UNAVAILABLE, Replies.AUTH_UNAVAILABLE);
  private static final CredentialVerdict THROTTLED =
      new CredentialVerdict.Refused(Reason.AUTH_THROTTLED, Replies.AUTH_THROTTLED);

  private final AtomicLong nanos = new AtomicLong();
  private final Credentials credentials =
      new Credentials(
          () -> users(),
          new GuessLimit(3, 5, Duration.ofMinutes(15), (Ticker) nanos::get),
          new byte[] {7},
          Credentials.gate(),
          new SimpleMeterRegistry());

  private static final UserTable USERS = table();

  private static UserTable users() {
    return USERS;
  }

  private static UserTable table() {
    Secret.ScramKeys keys = Scram.keys("pencil", new byte[] {1, 2, 3}, 5000);
    Base64.Encoder base64 = Base64.getEncoder();
    return UserTable.parse(
        "users",
        List.of(
            "ann:" + new BCryptPasswordEncoder(4).encode("secret"),
            "bob:" + new Argon2PasswordEncoder(16, 32, 1, 1024, 1).encode("secret"),
            "eve:{SCRAM-SHA-256}5000,"
                + base64.encodeToString(keys.salt())
                + ","
                + base64.encodeToString(keys.storedKey())
                + ","
                + base64.encodeToString(keys.serverKey())));
  }

  private CredentialVerdict verify(String user, String password, String peer) {
    return credentials.verify(new CredentialQuestion.Password(user, password, peer)).block();
  }

  @Test
  void eachKindOfSecretServesAPassword() {
    assertThat(verify("ann", "secret", "peer"))
        .isEqualTo(new CredentialVerdict.Accepted("ann", ""));
    assertThat(verify("bob", "secret", "peer"))
        .isEqualTo(new CredentialVerdict.Accepted("bob", ""));
    assertThat(verify("eve", "pencil", "peer"))
        .isEqualTo(new CredentialVerdict.Accepted("eve", ""));
  }

  @Test
  void aWrongPasswordAndAnUnknownUserAreToldApartByNobody() {
    assertThat(verify("ann", "Secret", "peer")).isEqualTo(WRONG);
    assertThat(verify("nobody", "secret", "peer")).isEqualTo(WRONG);
    assertThat(verify("ann", "x".repeat(100), "peer")).isEqualTo(WRONG);
  }

  @Test
  void aProofIsForUsersWithKeys() {
    ScramParameters parameters = credentials.scramParameters("eve").block();
    assertThat(parameters).isEqualTo(new ScramParameters("AQID", 5000));

    for (String user : List.of("eve", "ann", "nobody")) {
      assertThat(
              credentials
                  .verify(new CredentialQuestion.Proof(user, "message", "AAAA", "peer"))
                  .block())
          .isEqualTo(WRONG);
    }
  }

  @Test
  void guessesAtOneUserFromOnePlaceEndForAWhile() {
    for (int i = 0; i < 3; i++) {
      assertThat(verify("ann", "guess" + i, "192.0.2.1")).isEqualTo(WRONG);
    }
    assertThat(verify("ann", "secret", "192.0.2.1")).isEqualTo(THROTTLED);
    assertThat(verify("ann", "secret", "192.0.2.2")).isEqualTo(ANN);
    nanos.addAndGet(Duration.ofMinutes(16).toNanos());
    assertThat(verify("ann", "secret", "192.0.2.1")).isEqualTo(ANN);
  }

  /// Credentials whose passwords are checked when a test says so.
  private Credentials held(ArrayDeque<Runnable> threads) {
    return new Credentials(
        () -> users(),
        new GuessLimit(3, 5, Duration.ofMinutes(15), (Ticker) nanos::get),
        new byte[] {7},
        Credentials.gate(1),
        new SimpleMeterRegistry(),
        threads::add);
  }

  private static CredentialQuestion password(String password) {
    return new CredentialQuestion.Password("ann", password, "192.0.2.1");
  }

  private static void run(ArrayDeque<Runnable> threads) {
    while (!threads.isEmpty()) {
      threads.remove().run();
    }
  }

  private static CredentialQuestion stranger(int number, String peer) {
    return new CredentialQuestion.Password("user" + number, "guess", peer);
  }

  @Test
  void aUserWhoHasBeenHereOfLateIsHeldUpByOneStrangerAtMost() {
    ArrayDeque<Runnable> threads = new ArrayDeque<>();
    Credentials held = held(threads);
    List<CredentialVerdict> verdicts = new ArrayList<>();
    held.verify(password("secret")).subscribe(verdicts::add);
    run(threads);
    List<CredentialVerdict> strangers = new ArrayList<>();
    for (int i = 0; i <= Credentials.PLACES; i++) {
      held.verify(stranger(i, "peer" + i)).subscribe(strangers::add);
    }
    assertThat(strangers).isEmpty();
    held.verify(stranger(999, "late")).subscribe(strangers::add);
    assertThat(strangers).containsExactly(BUSY);

    held.verify(password("secret")).subscribe(verdicts::add);
    threads.remove().run(); // the one in the slot
    threads.remove().run();

    assertThat(verdicts).containsExactly(ANN, ANN);
    run(threads);
    assertThat(strangers).hasSize(Credentials.PLACES + 2);
  }

  @Test
  void aNetworkHasItsShareOfThePlaces() {
    ArrayDeque<Runnable> threads = new ArrayDeque<>();
    Credentials held = held(threads);
    List<CredentialVerdict> verdicts = new ArrayList<>();
    for (int i = 0; i <= Credentials.PLACES_OF_NETWORK; i++) {
      held.verify(stranger(i, "one")).subscribe(verdicts::add);
    }
    held.verify(stranger(998, "one")).subscribe(verdicts::add);
    held.verify(stranger(999, "two")).subscribe(verdicts::add);

    assertThat(verdicts).containsExactly(BUSY);
    threads.remove().run();
    threads.remove().run();
    threads.remove().run();
    assertThat(verdicts.getLast()).isEqualTo(WRONG); // two's, after one of one's
    assertThat(verdicts).hasSize(4);
  }

  @Test
  void aCheckThatHasBegunHoldsItsTurnThoughItsClientHasGone() {
    ArrayDeque<Runnable> threads = new ArrayDeque<>();
    Credentials held = held(threads);
    held.verify(password("guess")).subscribe().dispose();
    held.verify(password("secret")).subscribe();

    assertThat(threads).hasSize(1);
  }

  @Test
  void guessesAtATimeAreNoMoreThanOneAfterTheOther() {
    ArrayDeque<Runnable> threads = new ArrayDeque<>();
    Credentials held = held(threads);
    List<CredentialVerdict> verdicts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      held.verify(password("guess" + i)).subscribe(verdicts::add);
    }

    run(threads);

    assertThat(verdicts).hasSize(10);
    assertThat(verdicts.subList(0, 3)).containsOnly(WRONG);
    assertThat(verdicts.subList(3, 10)).containsOnly(THROTTLED);
  }

  @Test
  void manyClientsOfAUserMayComeAtATime() {
    ArrayDeque<Runnable> threads = new ArrayDeque<>();
    Credentials held = held(threads);
    List<CredentialVerdict> verdicts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      held.verify(password("secret")).subscribe(verdicts::add);
    }

    run(threads);

    assertThat(verdicts).hasSize(10).containsOnly(ANN);
  }

  @Test
  void whoHangsUpBeforeTheTurnHasGuessedNothing() {
    ArrayDeque<Runnable> threads = new ArrayDeque<>();
    Credentials held = held(threads);
    List<CredentialVerdict> verdicts = new ArrayList<>();
    held.verify(password("secret")).subscribe(verdicts::add);
    for (int i = 0; i < 20; i++) {
      held.verify(password("guess" + i)).subscribe(verdicts::add).dispose();
    }
    held.verify(password("secret")).subscribe(verdicts::add);

    run(threads);

    assertThat(verdicts).containsExactly(ANN, ANN);
  }

  @Test
  void whoHangsUpInTheTurnHasGuessed() {
    ArrayDeque<Runnable> threads = new ArrayDeque<>();
    Credentials held = held(threads);
    List<CredentialVerdict> verdicts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Disposable client = held.verify(password("guess" + i)).subscribe(verdicts::add);
      Runnable turn = threads.remove(); // begun, so nothing takes it back
      client.dispose();
      turn.run();
    }

    assertThat(held.verify(password("secret")).block()).isEqualTo(THROTTLED);
    assertThat(verdicts).isEmpty();
  }

  @Test
  void aUserIsOneHoweverTheDomainIsWritten() {
    for (String user : List.of("ann@dest.example", "ann@DEST.example", "ann@dest.example.")) {
      assertThat(verify(user, "guess", "192.0.2.1")).isEqualTo(WRONG);
    }
    assertThat(verify("ann@Dest.example", "guess", "192.0.2.1")).isEqualTo(THROTTLED);
  }

  @Test
  void anIpv6HostIsOnePlaceWhateverAddressItTakes() {
    for (int i = 1; i <= 3; i++) {
      assertThat(verify("ann", "guess", "2001:db8:1:2::" + i)).isEqualTo(WRONG);
    }
    assertThat(verify("ann", "secret", "2001:db8:1:2:ffff::1")).isEqualTo(THROTTLED);
    assertThat(verify("ann", "secret", "2001:db8:1:3::1")).isEqualTo(ANN);
  }

  @Test
  void guessesAtOneUserFromEverywhereEndButWhereTheUserHasBeen() {
    assertThat(verify("ann", "secret", "home")).isEqualTo(ANN);
    for (int i = 0; i < 30; i++) {
      assertThat(verify("ann", "guess", "peer" + i)).isEqualTo(WRONG);
    }
    assertThat(verify("ann", "secret", "elsewhere")).isEqualTo(THROTTLED);
    assertThat(verify("ann", "secret", "home")).isEqualTo(ANN);
  }

  @Test
  void anUnknownUsersParametersLookLikeTheOthers() {
    ScramParameters made = credentials.scramParameters("nobody").block();

    assertThat(made.iterations()).isEqualTo(5000);
    assertThat(Base64.getDecoder().decode(made.salt())).hasSize(3);
    assertThat(made).isEqualTo(credentials.scramParameters("nobody").block());
    assertThat(made).isNotEqualTo(credentials.scramParameters("someone").block());
  }

  @Test
  void guessesFromOneAddressEndForAWhileWhateverTheUser() {
    for (int i = 0; i < 5; i++) {
      assertThat(verify("user" + i, "guess", "peer")).isEqualTo(WRONG);
    }
    assertThat(verify("ann", "secret", "peer")).isEqualTo(THROTTLED);
    assertThat(verify("ann", "secret", "other"))
        .isEqualTo(new CredentialVerdict.Accepted("ann", ""));
  }

  @Test
  void whoIsHereIsForgivenEarlierMistakes() {
    for (int round = 0; round < 2; round++) {
      assertThat(verify("ann", "wrong", "peer" + round)).isEqualTo(WRONG);
      assertThat(verify("ann", "wrong", "peer" + round)).isEqualTo(WRONG);
      assertThat(verify("ann", "secret", "peer" + round))
          .isEqualTo(new CredentialVerdict.Accepted("ann", ""));
    }
  }

  @Test
  void aPasswordIsInNoText() {
    assertThat(new CredentialQuestion.Password("ann", "secret", "peer").toString())
        .doesNotContain("secret");
    assertThat(new Secret.Hash("$2b$10$abc").toString()).doesNotContain("abc");
  }
}
