package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import java.net.URI;
import org.junit.jupiter.api.Test;

class SoleInstanceTest {

  private static final URI BASE = URI.create("http://queue-service:8084");

  private static SoleInstance of(String... addresses) {
    return SoleInstance.of(Service.QUEUE, BASE, new FakeLookup(addresses));
  }

  @Test
  void aSecondOneDoesNotStart() {
    assertThatThrownBy(() -> of("127.0.0.2", "192.0.2.7"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.rpc.queue")
        .hasMessageContaining("[127.0.0.2, 192.0.2.7]")
        .hasMessageContaining("one queue-service only");
  }

  @Test
  void oneStarts() {
    assertThat(of("127.0.0.2")).isNotNull();
    assertThat(of("127.0.0.2", "::1")).isNotNull();
  }

  @Test
  void addressesOfOthersAreNotThisHostsBusiness() {
    assertThat(of("192.0.2.7", "192.0.2.8")).isNotNull();
  }

  @Test
  void aNameThatIsNotKnownStopsNothing() {
    FakeLookup lookup = new FakeLookup();
    lookup.knowsNothing();

    assertThat(SoleInstance.of(Service.QUEUE, BASE, lookup)).isNotNull();
  }

  @Test
  void anAddressIsNotLookedUp() {
    FakeLookup lookup = new FakeLookup("127.0.0.2", "192.0.2.7");

    assertThat(SoleInstance.of(Service.QUEUE, URI.create("http://127.0.0.1:8084"), lookup))
        .isNotNull();
    assertThat(lookup.asks).hasValue(0);
  }
}
