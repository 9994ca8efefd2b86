package io.gatepost.verification.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class ScramTest {

  /// The example of RFC 7677 §3.
  private static final Secret.ScramKeys KEYS =
      Scram.keys("pencil", Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);

  private static final String AUTH_MESSAGE =
      "n=user,r=rOprNGfwEbeRWgbNEkqO,"
          + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
          + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

  private static final byte[] PROOF =
      Base64.getDecoder().decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");

  @Test
  void theProofOfTheExampleIsOne() {
    assertThat(Scram.isProof(KEYS, AUTH_MESSAGE, PROOF)).isTrue();
  }

  @Test
  void theServerProvesItselfAsInTheExample() {
    assertThat(Base64.getEncoder().encodeToString(Scram.serverSignature(KEYS, AUTH_MESSAGE)))
        .isEqualTo("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  }

  @Test
  void anyOtherProofIsNone() {
    assertThat(Scram.isProof(KEYS, AUTH_MESSAGE + "x", PROOF)).isFalse();
    assertThat(Scram.isProof(KEYS, AUTH_MESSAGE, new byte[0])).isFalse();
    for (int i = 0; i < PROOF.length; i++) {
      byte[] other = PROOF.clone();
      other[i] ^= 1;
      assertThat(Scram.isProof(KEYS, AUTH_MESSAGE, other)).isFalse();
    }
  }
}
