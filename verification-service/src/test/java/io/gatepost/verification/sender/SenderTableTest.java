package io.gatepost.verification.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.verification.user.UserName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SenderTableTest {

  private static final SenderTable TABLE =
      SenderTable.parse(
          "senders",
          List.of(
              "# shared addresses",
              "",
              "ann: Info@here.example, office@b\u00fccher.example",
              "ann: sales@here.example.",
              "bob@HERE.example: @lists.example",
              "scanner: *"));

  @ParameterizedTest
  @CsvSource({
    "ann, info@here.example, true",
    "ann, INFO+x@HERE.example, true",
    "ann, office@xn--bcher-kva.example, true",
    "ann, sales@here.example, true",
    "ann, info@lists.example, false",
    "bob@here.example, any@lists.example, true",
    "bob@here.example, any@sub.lists.example, false",
    "bob, any@lists.example, false",
    "scanner, any@far.example, true",
    "eve, info@here.example, false"
  })
  void aUserMayUseTheSendersThatAreListed(String user, String sender, boolean permitted) {
    assertThat(TABLE.permits(UserName.of(user), ForwardPath.of(sender))).isEqualTo(permitted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ann", ": info@here.example", "ann:", "ann: info", "ann: @", "ann: a@b,"})
  void aWrongLineIsNamed(String line) {
    assertThatThrownBy(() -> SenderTable.parse("senders", List.of("#", line)))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("senders:2 = ");
  }

  @Test
  void withoutATableNobodyMayUseMore() {
    assertThat(SenderTable.NONE.permits(UserName.of("ann"), ForwardPath.of("ann@here.example")))
        .isFalse();
  }
}
