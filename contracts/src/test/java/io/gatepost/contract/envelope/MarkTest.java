package io.gatepost.contract.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Provenance.Origin;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MarkTest {

  @Test
  void aMarkIsOneLineOfPrintableAscii() {
    Mark mark = new Mark("dns-lists", "\t zen.example\r\nX-Evil: \u00fc\u0000\u0085b \n");

    assertThat(mark.text()).isEqualTo("zen.example X-Evil: ? ?b");
    assertThat(mark.field()).isEqualTo("Gatepost-Mark: dns-lists zen.example X-Evil: ? ?b\r\n");
  }

  @Test
  void aLongTextIsCut() {
    assertThat(new Mark("dns-lists", "x".repeat(10_000)).text()).hasSize(Mark.MAX_TEXT);
  }

  @Test
  void aMessageHasEachMarkOnceAndNoMoreThanSoMany() {
    Provenance client = Provenance.connected("192.0.2.1", "192.0.2.2:25", Origin.EXTERNAL);
    List<Mark> many =
        IntStream.range(0, 100).mapToObj(i -> new Mark("dns-lists", "list" + i / 2)).toList();

    Provenance marked = client.marked(many).marked(many);

    assertThat(marked.marks()).hasSize(Mark.MAX_MARKS).doesNotHaveDuplicates();
    assertThat(marked.greeted("a.example", Provenance.Protocol.ESMTP).marks())
        .isEqualTo(marked.marks());
    assertThat(marked.onBehalfOf("192.0.2.3", "", Origin.EXTERNAL).marks())
        .as("what is held against a proxy is not held against its client")
        .isEmpty();
  }
}
