package io.gatepost.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.setting.SettingException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayNetworksTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.0/8, 127.9.9.9, INTERNAL",
    "127.0.0.0/8, 128.0.0.1, EXTERNAL",
    "192.0.2.128/25, 192.0.2.129, INTERNAL",
    "192.0.2.128/25, 192.0.2.127, EXTERNAL",
    "192.0.2.1, 192.0.2.1, INTERNAL",
    "192.0.2.1, 192.0.2.2, EXTERNAL",
    "0.0.0.0/0, 203.0.113.9, INTERNAL",
    "0.0.0.0/0, 2001:db8::1, EXTERNAL",
    "2001:db8::/33, 2001:db8:7fff::1, INTERNAL",
    "2001:db8::/33, 2001:db8:8000::1, EXTERNAL",
  })
  void aNetworkContainsItsAddresses(String network, String client, Origin origin)
      throws UnknownHostException {
    assertThat(RelayNetworks.parse("key", List.of(network)).originOf(InetAddress.getByName(client)))
        .isEqualTo(origin);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "10.0.0.0/33",
        "10.0.0.0/x",
        "10.0.0.0/-1",
        "",
        "300.1.1.1",
        "::1/129"
      })
  void whatIsNoNetworkIsNamed(String text) {
    assertThatThrownBy(() -> RelayNetworks.parse("gatepost.edge.relay-from", List.of(text)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.edge.relay-from = \"" + text + "\"");
  }
}
