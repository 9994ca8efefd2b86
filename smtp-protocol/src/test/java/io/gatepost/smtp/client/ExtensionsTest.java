package io.gatepost.smtp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Extensions.Keyword;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExtensionsTest {

  @Test
  void everyExtensionThatWeUseIsRead() {
    Extensions offered =
        offered(
            "PIPELINING",
            "size 1000",
            "8bitmime",
            "SMTPUTF8",
            "CHUNKING",
            "binarymime",
            "DSN",
            "STARTTLS");

    assertThat(offered.keywords()).containsExactlyInAnyOrder(Keyword.values());
    assertThat(offered.maxOctets()).isEqualTo(1000);
  }

  @Test
  void theFirstLineIsTheHostsNameAndNoExtension() {
    assertThat(Extensions.of(Reply.plain(250, "PIPELINING")).keywords()).isEmpty();
  }

  @Test
  void mechanismsAreReadInBothWaysOfSayingThem() {
    assertThat(offered("AUTH PLAIN LOGIN", "AUTH=SCRAM-SHA-256").mechanisms())
        .containsExactlyInAnyOrder("PLAIN", "LOGIN", "SCRAM-SHA-256");
  }

  @Test
  void limitsAreRead() {
    Extensions offered = offered("LIMITS MAILMAX=20 RCPTMAX=50 RCPTDOMAINMAX=1");

    assertThat(offered.maxMails()).isEqualTo(20);
    assertThat(offered.maxRecipients()).isEqualTo(50);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LIMITS",
        "LIMITS RCPTMAX",
        "LIMITS RCPTMAX=",
        "LIMITS RCPTMAX=x",
        "LIMITS =",
        "LIMITS RCPTMAX=1234567",
        "SIZE",
        "SIZE -1",
        "SIZE 99999999999999999999",
        "",
        "\u00e9"
      })
  void whatIsOddIsNotOffered(String line) {
    Extensions offered = offered(line);

    assertThat(offered.maxOctets()).isZero();
    assertThat(offered.maxRecipients()).isZero();
  }

  private static Extensions offered(String... lines) {
    String[] all = new String[lines.length + 1];
    all[0] = "host.example";
    System.arraycopy(lines, 0, all, 1, lines.length);
    return Extensions.of(Reply.plain(250, all));
  }
}
