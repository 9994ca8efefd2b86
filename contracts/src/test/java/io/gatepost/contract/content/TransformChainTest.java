package io.gatepost.contract.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransformChainTest {

  @Test
  void eachTransformSeesWhatTheOneBeforeItLeaves() {
    OctetTransform chain = TransformChain.of(List.of(new Ending("b"), new Ending("c")));

    assertThat(text(chain.next(octets("a"), 0, 1)) + text(chain.end())).isEqualTo("[[a]][b]c");
  }

  @Test
  void withoutTransformsContentStaysAsItIs() {
    OctetTransform chain = TransformChain.of(List.of());

    assertThat(text(chain.next(octets("xay"), 1, 2)) + text(chain.end())).isEqualTo("a");
  }

  /// Puts brackets around each piece, and holds back the end.
  private record Ending(String last) implements OctetTransform {
    @Override
    public byte[] next(byte[] piece, int from, int to) {
      return octets("[" + new String(piece, from, to - from, StandardCharsets.US_ASCII) + "]");
    }

    @Override
    public byte[] end() {
      return octets(last);
    }
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.US_ASCII);
  }
}
