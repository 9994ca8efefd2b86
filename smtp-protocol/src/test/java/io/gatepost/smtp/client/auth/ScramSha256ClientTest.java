package io.gatepost.smtp.client.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.smtp.client.auth.Credentials.Exposure;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramSha256ClientTest {

  // The exchange of RFC 7677 §3.
  private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_FIRST =
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

  private final ScramSha256Client exchange =
      new ScramSha256Client(new Credentials("user", "pencil", Exposure.ENCRYPTED_ONLY), NONCE);

  @Test
  void theExchangeOfTheRfcIsReproduced() {
    assertThat(text(exchange.initialResponse().orElseThrow())).isEqualTo("n,,n=user,r=" + NONCE);
    assertThat(respond(SERVER_FIRST))
        .isEqualTo(
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    assertThat(exchange.isComplete()).isFalse();
    assertThat(respond("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")).isEmpty();
    assertThat(exchange.isComplete()).isTrue();
  }

  @Test
  void aHostThatDoesNotKnowThePasswordIsFoundOut() {
    respond(SERVER_FIRST);

    assertThatThrownBy(() -> respond("v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))
        .isInstanceOf(SaslException.class);
    assertThat(exchange.isComplete()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "r=rOprNGfwEbeRWgbNEkqOx,i=4096",
        "r=rOprNGfwEbeRWgbNEkqOx,s=!,i=4096",
        "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1",
        "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000",
        "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=many"
      })
  void aChallengeThatIsNoneIsRefused(String serverFirst) {
    assertThatThrownBy(() -> respond(serverFirst)).isInstanceOf(SaslException.class);
  }

  @Test
  void commaAndEqualsInAUserAreWrittenOut() {
    ScramSha256Client odd =
        new ScramSha256Client(new Credentials("a,b=c", "x", Exposure.ANYWHERE), "n");

    assertThat(text(odd.initialResponse().orElseThrow())).isEqualTo("n,,n=a=2Cb=3Dc,r=n");
  }

  private String respond(String challenge) {
    return text(exchange.respond(challenge.getBytes(StandardCharsets.UTF_8)));
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }
}
