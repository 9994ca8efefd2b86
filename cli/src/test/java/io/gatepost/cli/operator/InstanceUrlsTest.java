package io.gatepost.cli.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class InstanceUrlsTest {

  private static final URI URL = URI.create("http://verification-service:8082");

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  @Test
  void eachAddressIsAnInstance() throws UnknownHostException {
    assertThat(InstanceUrls.of(URL, address("10.0.0.4"), address("10.0.0.3"), address("10.0.0.3")))
        .containsExactly(URI.create("http://10.0.0.3:8082"), URI.create("http://10.0.0.4:8082"));
  }

  @Test
  void anInstanceWithAddressesOfBothFamiliesIsOne() throws UnknownHostException {
    assertThat(InstanceUrls.of(URL, address("2001:db8::1"), address("10.0.0.3")))
        .containsExactly(URI.create("http://10.0.0.3:8082"));
    assertThat(InstanceUrls.of(URL, address("2001:db8::1")))
        .containsExactly(URI.create("http://[2001:db8:0:0:0:0:0:1]:8082"));
  }

  @Test
  void anAddressIsItsOwnInstance() {
    assertThat(InstanceUrls.of(URI.create("http://127.0.0.1:8082")))
        .containsExactly(URI.create("http://127.0.0.1:8082"));
  }

  @Test
  void aNameInACertificateIsKept() {
    URI secure = URI.create("https://localhost:8082");

    assertThat(InstanceUrls.of(secure)).containsExactly(secure);
  }
}
