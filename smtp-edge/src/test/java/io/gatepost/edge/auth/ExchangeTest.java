package io.gatepost.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.CredentialVerdict.Accepted;
import io.gatepost.contract.verification.ScramParameters;
import io.gatepost.edge.auth.Exchange.Move;
import io.gatepost.edge.session.Mechanism;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExchangeTest {

  private static final String PEER = "192.0.2.1";

  /// The server's share of the nonce in RFC 7677 §3.
  private static final String NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

  private static Exchange exchange(String mechanism) {
    return Exchange.of(Mechanism.valueOf(mechanism.replace('-', '_')), PEER, () -> NONCE);
  }

  @Test
  void plainHasUserAndPassword() {
    assertThat(exchange("PLAIN").on("\0ann\0secret"))
        .isEqualTo(new Move.Ask(new CredentialQuestion.Password("ann", "secret", PEER)));
    assertThat(exchange("PLAIN").on("ann\0ann\0secret"))
        .isEqualTo(new Move.Ask(new CredentialQuestion.Password("ann", "secret", PEER)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ann",
        "\0ann",
        "\0\0secret",
        "\0ann\0",
        "bob\0ann\0x",
        "\0\u00ff\0x",
        "\0a\0b\0c"
      })
  void whatIsNoPlainResponseFails(String response) {
    assertThat(exchange("PLAIN").on(response)).isEqualTo(new Move.Fail());
  }

  @Test
  void scramFollowsTheExampleOfItsRfc() {
    ScramExchange scram = (ScramExchange) exchange("SCRAM-SHA-256");

    assertThat(scram.on("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"))
        .isEqualTo(new Move.NeedParameters("user"));
    String serverFirst = "r=rOprNGfwEbeRWgbNEkqO" + NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    assertThat(scram.parameters(new ScramParameters("W22ZaJ0SNY7soEsUEjb6gQ==", 4096)))
        .isEqualTo(new Move.Challenge(serverFirst));
    String withoutProof = "c=biws,r=rOprNGfwEbeRWgbNEkqO" + NONCE;
    String proof = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    assertThat(scram.on(withoutProof + ",p=" + proof))
        .isEqualTo(
            new Move.Ask(
                new CredentialQuestion.Proof(
                    "user",
                    "n=user,r=rOprNGfwEbeRWgbNEkqO," + serverFirst + "," + withoutProof,
                    proof,
                    PEER)));
    assertThat(scram.accepted(new Accepted("user", "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")))
        .isEqualTo(new Move.Challenge("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    assertThat(scram.on("")).isEqualTo(new Move.Succeed("user"));
  }

  @Test
  void namesAreUnescaped() {
    assertThat(exchange("SCRAM-SHA-256").on("n,,n=a=2Cb=3Dc,r=x"))
        .isEqualTo(new Move.NeedParameters("a,b=c"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "n",
        "n,",
        "n,,",
        "n,,n=user",
        "n,,r=x",
        "n,,n=,r=x",
        "n,,n=a=b,r=x",
        "p=tls-unique,,n=user,r=x",
        "n,a=bob,n=user,r=x",
        "n,,m=1,n=user,r=x"
      })
  void whatIsNoFirstMessageFails(String message) {
    assertThat(exchange("SCRAM-SHA-256").on(message)).isEqualTo(new Move.Fail());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "c=biws,r=x" + NONCE,
        "c=biws,r=x,p=cHJvb2Y=",
        "c=eSws,r=x" + NONCE + ",p=cHJvb2Y=",
        "r=x" + NONCE + ",p=cHJvb2Y="
      })
  void whatDoesNotBelongToTheFirstMessageFails(String message) {
    ScramExchange scram = (ScramExchange) exchange("SCRAM-SHA-256");
    scram.on("n,,n=user,r=x");
    scram.parameters(new ScramParameters("c2FsdA==", 4096));

    assertThat(scram.on(message)).isEqualTo(new Move.Fail());
  }

  @Test
  void noResponseMakesAnExchangeThrow() {
    Random random = new Random(5);
    String alphabet = "n,=arcp2CD3\0\u00ffx";
    for (int i = 0; i < 50_000; i++) {
      StringBuilder response = new StringBuilder();
      random
          .ints(random.nextInt(24), 0, alphabet.length())
          .forEach(at -> response.append(alphabet.charAt(at)));

      for (String mechanism : new String[] {"PLAIN", "LOGIN", "SCRAM-SHA-256"}) {
        Exchange exchange = exchange(mechanism);
        assertThat(exchange.on(response.toString())).isNotNull();
        assertThat(exchange.on(response.toString())).isNotNull();
      }
    }
  }
}
