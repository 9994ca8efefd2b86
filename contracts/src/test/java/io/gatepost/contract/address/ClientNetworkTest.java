package io.gatepost.contract.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ClientNetworkTest {

  @Test
  void anIpv4AddressIsItsOwn() {
    assertThat(ClientNetwork.of("192.0.2.7")).isEqualTo(new ClientNetwork("192.0.2.7"));
    assertThat(ClientNetwork.of(InetAddress.ofLiteral("192.0.2.7")))
        .isEqualTo(ClientNetwork.of("192.0.2.7"));
    assertThat(ClientNetwork.of("::ffff:192.0.2.7")).isEqualTo(ClientNetwork.of("192.0.2.7"));
  }

  @Test
  void allAddressesOfAnIpv6NetworkAreOneClient() {
    assertThat(ClientNetwork.of("2001:db8:0:1::7"))
        .isEqualTo(ClientNetwork.of("2001:db8:0:1:ffff::"))
        .isEqualTo(ClientNetwork.of(InetAddress.ofLiteral("2001:db8:0:1::7")))
        .isNotEqualTo(ClientNetwork.of("2001:db8:0:2::7"));
  }

  @Test
  void whatIsNoAddressCountsAsItIs() {
    assertThat(ClientNetwork.of("a:b")).isEqualTo(new ClientNetwork("a:b"));
    assertThat(ClientNetwork.of("")).isEqualTo(new ClientNetwork(""));
  }
}
