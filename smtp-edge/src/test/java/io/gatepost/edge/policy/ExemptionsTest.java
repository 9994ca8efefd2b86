package io.gatepost.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.contract.setting.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExemptionsTest {

  private static final ReversePath NOBODY = ReversePath.of("");

  private static Exemptions table(String... lines) {
    return Exemptions.parse("table", List.of(lines));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, HELO_SYNTAX",
    "192.0.2.66, ''",
    "192.0.3.1, SENDER_DOMAIN",
    "198.51.100.1, ''",
    "2001:db8:0:1::9, MESSAGE_RATE",
    "2001:db8:0:2::9, ''",
    "not-an-address, ''",
  })
  void theSmallestNetworkThatHasTheClientCountsAlone(String client, String expected) {
    Exemptions table =
        table(
            "192.0.0.0/16 sender-domain",
            "192.0.2.0/24\thelo-syntax   # a comment",
            "",
            "# none of it for this one",
            "192.0.2.66 none",
            "2001:db8:0:1::/64 message-rate");

    assertThat(table.of(client))
        .isEqualTo(expected.isEmpty() ? Set.of() : Set.of(CheckName.valueOf(expected)));
  }

  @ParameterizedTest
  @CsvSource({
    "ann@friend.example, MESSAGE_RATE",
    "ANN@FRIEND.example, MESSAGE_RATE",
    "bob@friend.example, SENDER_DOMAIN",
    "bob@sub.friend.example, SENDER_OWNED",
    "bob@a.b.friend.example, SENDER_OWNED",
    "bob@other.example, ''",
    "'', ''",
  })
  void aSendersAddressCountsBeforeItsDomainAndThatBeforeThoseAbove(String from, String expected) {
    Exemptions table =
        table(
            "@.friend.example sender-owned",
            "@friend.example sender-domain",
            "ann@friend.example message-rate");

    assertThat(table.of("192.0.2.1", ReversePath.of(from)))
        .isEqualTo(expected.isEmpty() ? Set.of() : Set.of(CheckName.valueOf(expected)));
  }

  @Test
  void clientSenderAndRecipientAddUp() {
    Exemptions table = table("192.0.2.0/24 helo-syntax", "@friend.example sender-domain");

    assertThat(
            table.of(
                "192.0.2.1",
                ReversePath.of("ann@friend.example"),
                ForwardPath.of("bob@ours.example")))
        .containsExactlyInAnyOrder(CheckName.HELO_SYNTAX, CheckName.SENDER_DOMAIN);
    assertThat(table.of("192.0.2.1", NOBODY)).containsExactly(CheckName.HELO_SYNTAX);
  }

  @Test
  void allIsEverythingButWhatProtectsTheProcessAndRelayControl() {
    Set<CheckName> all = table("192.0.2.0/24 all").of("192.0.2.1");

    assertThat(all)
        .contains(CheckName.BAN, CheckName.CONNECTION_LIMIT, CheckName.HELO_SYNTAX)
        .doesNotContain(CheckName.RECIPIENT_LIMIT, CheckName.RECIPIENT_VERIFIED);
    assertThat(table("@friend.example all").of("::1", ReversePath.of("a@friend.example")))
        .as("a sender is known at MAIL only")
        .doesNotContain(CheckName.HELO_SYNTAX)
        .contains(CheckName.SENDER_DOMAIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.2.0/24",
        "192.0.2.0/33 all",
        "192.0.2.0/24 helo",
        "192.0.2.0/24 helo-syntax, helo-signature",
        "192.0.2.0/24 helo-syntax,",
        "192.0.2.0/24 recipient-verified",
        "mail.friend.example all",
        "@friend.example helo-syntax",
        "@ all",
        "@.. all",
        "ann@ all",
        "to:friend.example all",
        "to:@ours.example sender-domain",
        "192.0.2.0/24 all all",
        "192.0.2.1/24 none",
      })
  void aLineThatIsWrongIsNamed(String line) {
    assertThatThrownBy(() -> table("# first", "192.0.2.0/24 all", line))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("table line 3 = ");
  }

  @Test
  void aCheckThatCannotBeSwitchedIsAnsweredWithThoseThatCan() {
    assertThatThrownBy(() -> table("192.0.2.0/24 recipient-verified"))
        .hasMessageContaining("helo-syntax, helo-signature");
  }

  @Test
  void aChangedTableCountsWithoutARestart(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("exempt"), "192.0.2.0/24 helo-syntax\n");
    try (FileWatch watch = new FileWatch()) {
      Supplier<Exemptions> table =
          watch.follow("gatepost.edge.exemptions", file, Exemptions::parse);
      assertThat(table.get().of("192.0.2.1")).containsExactly(CheckName.HELO_SYNTAX);

      Files.writeString(file, "192.0.2.0/24 helo-signature,sender-domain\n");

      Awaitility.await()
          .untilAsserted(() ->
              assertThat(table.get().of("192.0.2.1"))
                  .containsExactlyInAnyOrder(CheckName.HELO_SIGNATURE, CheckName.SENDER_DOMAIN));
    }
  }
}
