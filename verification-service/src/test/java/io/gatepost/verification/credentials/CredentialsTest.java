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
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

class CredentialsTest {

  private static final CredentialVerdict WRONG =
      new CredentialVerdict.Refused(Reason.BAD_CREDENTIALS, Replies.BAD_CREDENTIALS);
  private static final CredentialVerdict ANN = new CredentialVerdict.Accepted("ann", "");
  private static final CredentialVerdict THROTTLED =
      new CredentialVerdict.Refused(Reason.AUTH_THROTTLED, Replies.AUTH_THROTTLED);

  private final AtomicLong nanos = new AtomicLong();
  private final Credentials credentials =
      new Credentials(
          () -> users(),
          new GuessLimit(3, 5, Duration.ofMinutes(15), (Ticker) nanos::get),
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
