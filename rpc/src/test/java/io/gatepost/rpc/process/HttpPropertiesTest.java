package io.gatepost.rpc.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HttpPropertiesTest {

  private static final Duration IDLE = Duration.ofMinutes(2);

  @Test
  void whatCannotBeUsedIsNamed() {
    assertThatThrownBy(() -> new HttpProperties(-1, IDLE, 0))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("gatepost.http.port = \"-1\"");
    assertThatThrownBy(() -> new HttpProperties(0, Duration.ofSeconds(59), 0))
        .hasMessageStartingWith("gatepost.http.idle-timeout = ");
    assertThatThrownBy(() -> new HttpProperties(0, IDLE, -1))
        .hasMessageStartingWith("gatepost.http.max-connections = ");
  }

  @Test
  void withoutANumberTheFilesDecide() {
    assertThat(new HttpProperties(0, IDLE, 0).connections()).isBetween(64, 8_192);
    assertThat(new HttpProperties(0, IDLE, 7).connections()).isEqualTo(7);
  }
}
