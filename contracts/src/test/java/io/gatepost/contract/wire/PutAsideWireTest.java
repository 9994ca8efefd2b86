package io.gatepost.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.PutAside;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class PutAsideWireTest {

  @Test
  void theFormThatIsWrittenIsPinned() {
    assertThat(PutAsideCodec.encode(Examples.putAside()))
        .isEqualTo(Golden.octets("put-aside.frame"));
  }

  @Test
  void messageAndFindingComeBack() {
    PutAside read = PutAsideCodec.decode(Golden.octets("put-aside.frame"));

    assertThat(read.message().envelope()).isEqualTo(Examples.plainMessage().envelope());
    assertThat(read.message().content()).isEqualTo(Examples.plainMessage().content());
    assertThat(read.finding()).isEqualTo(Examples.putAside().finding());
  }

  @Test
  void whatANewerWriterAddsIsSkipped() {
    byte[] frame = PutAsideCodec.encode(Examples.putAside());
    String json = Golden.json(frame).replaceFirst("\\{", "{\"more\":{\"of\":[1]},");
    String content = "Subject: hello\r\n\r\n..dots\r\n";

    assertThat(PutAsideCodec.decode(Golden.frame(json, content)).finding())
        .isEqualTo(Examples.putAside().finding());
  }

  @Test
  void aFrameWithoutAFindingOrWithAStrangeResultIsUnreadable() {
    String json = Golden.json(PutAsideCodec.encode(Examples.putAside()));
    String content = "Subject: hello\r\n\r\n..dots\r\n";

    for (String broken :
        new String[] {
          json.replace("\"finding\"", "\"fnding\""),
          json.replace("\"SUSPECT\"", "\"PERHAPS\""),
          json.replace("\"PT0.25S\"", "\"soon\"")
        }) {
      assertThatThrownBy(() -> PutAsideCodec.decode(Golden.frame(broken, content)))
          .isInstanceOf(UnreadableFrameException.class);
    }
  }

  @Test
  void aFrameWithOctetsToSpareIsUnreadable() {
    byte[] frame = PutAsideCodec.encode(Examples.putAside());

    assertThatThrownBy(() -> PutAsideCodec.decode(Arrays.copyOf(frame, frame.length + 1)))
        .isInstanceOf(UnreadableFrameException.class)
        .hasMessageContaining("frame end");
  }

  @Test
  void aFindingIsPrintableAndBounded() {
    Finding finding =
        new Finding(
            "a\r\nb" + "x".repeat(1000),
            Collections.nCopies(200, Examples.putAside().finding().results().getFirst()));

    assertThat(finding.words()).startsWith("a bx").hasSizeLessThanOrEqualTo(Finding.MAX_WORDS);
    assertThat(finding.results()).hasSize(Finding.MAX_RESULTS);
  }
}
