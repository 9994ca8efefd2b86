package io.gatepost.contract.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OwnHostNameTest {

  @Test
  void theSettingIsTakenInOneForm() {
    assertThat(OwnHostName.of(" MX.Here.Example ")).hasToString("mx.here.example");
    assertThat(OwnHostName.of("mail.b\u00fccher.example"))
        .hasToString("mail.xn--bcher-kva.example");
  }

  @Test
  void withoutOneTheMachineHasAName() {
    assertThat(OwnHostName.of("").text()).isNotEmpty();
    assertThat(OwnHostName.of(" ")).isEqualTo(OwnHostName.of(""));
  }

  @Test
  void whatIsNoNameIsRefusedWithItsKey() {
    assertThatThrownBy(() -> OwnHostName.of("two words"))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("gatepost.edge.hostname = \"two words\"");
  }
}
