package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProxyHeaderTest {

  @Test
  void noHeaderOfAnyLengthMakesTheReaderFail() {
    Random random = new Random(3);
    byte[] v2 = "\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = new byte[v2.length + random.nextInt(60)];
      random.nextBytes(octets);
      System.arraycopy(v2, 0, octets, 0, v2.length);

      assertThat(ProxyHeader.read(octets, 0, octets.length)).isNotNull();
    }
  }
}
