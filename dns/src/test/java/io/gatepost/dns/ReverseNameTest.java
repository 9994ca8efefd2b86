package io.gatepost.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReverseNameTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.99, 99.2.0.192.in-addr.arpa",
    "255.128.0.1, 1.0.128.255.in-addr.arpa",
    "2001:db8:1:2:3:4:567:89ab, b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
    "::1, 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa",
    "::ffff:192.0.2.99, 99.2.0.192.in-addr.arpa",
  })
  void anAddressHasAPlaceInTheTreeOfPointers(String address, String name) {
    assertThat(ReverseName.of(InetAddress.ofLiteral(address))).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.99, 99.2.0.192.zen.example",
    "::2, 2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.zen.example",
    "::ffff:192.0.2.99, 99.2.0.192.zen.example",
  })
  void anAddressHasAPlaceInAList(String address, String name) {
    assertThat(ReverseName.below(InetAddress.ofLiteral(address), "zen.example")).isEqualTo(name);
  }
}
