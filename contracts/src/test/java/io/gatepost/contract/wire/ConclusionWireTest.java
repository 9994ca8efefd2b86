package io.gatepost.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.event.LogBounds;
import io.gatepost.contract.queue.Conclusion;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConclusionWireTest {

  @Test
  void theFormThatIsWrittenIsPinned() {
    assertThat(ConclusionCodec.encode(Examples.conclusion()))
        .isEqualTo(Golden.octets("conclusion-deferred.frame"));
    assertThat(ConclusionCodec.encode(Examples.bareConclusion()))
        .isEqualTo(Golden.octets("conclusion-bare.frame"));
  }

  @Test
  void contentsComeBackWithTheirEnvelopes() {
    Conclusion expected = Examples.conclusion();

    Conclusion read = ConclusionCodec.decode(Golden.octets("conclusion-deferred.frame"));

    assertThat(read.outcomes()).isEqualTo(expected.outcomes());
    assertThat(read.owner()).isEqualTo(expected.owner());
    Conclusion.Retry retry = read.retry().orElseThrow();
    assertThat(retry.delay()).isEqualTo(Conclusion.Wait.BUSY);
    assertThat(retry.replacement().envelope())
        .isEqualTo(expected.retry().orElseThrow().replacement().envelope());
    assertThat(retry.replacement().content()).isEqualTo(Examples.plainMessage().content());
    assertThat(read.notices()).hasSize(1);
    assertThat(read.notices().getFirst().envelope()).isEqualTo(Examples.notice().envelope());
    assertThat(read.notices().getFirst().content()).isEqualTo(Examples.notice().content());
  }

  @Test
  void nothingLeftOverIsNoReplacement() {
    Conclusion read = ConclusionCodec.decode(Golden.octets("conclusion-bare.frame"));

    assertThat(read).isEqualTo(Examples.bareConclusion());
  }

  @Test
  void aReplacementOfAnotherGenerationIsUnreadable() {
    byte[] frame = ConclusionCodec.encode(Examples.conclusion());
    String json = Golden.json(frame).replaceFirst("\"generation\":0", "\"generation\":5");
    String contents =
        new String(
            Arrays.copyOfRange(frame, 6 + Golden.json(frame).length(), frame.length),
            java.nio.charset.StandardCharsets.US_ASCII);

    assertThatThrownBy(() -> ConclusionCodec.decode(Golden.frame(json, contents)))
        .isInstanceOf(UnreadableFrameException.class)
        .hasMessageContaining("generation");
  }

  @Test
  void aFrameWithOctetsToSpareIsUnreadable() {
    byte[] frame = ConclusionCodec.encode(Examples.conclusion());

    assertThatThrownBy(() -> ConclusionCodec.decode(Arrays.copyOf(frame, frame.length + 1)))
        .isInstanceOf(UnreadableFrameException.class)
        .hasMessageContaining("frame end");
  }

  @Test
  void partsAndWhereTheRecordsStandComeBack() {
    Conclusion split =
        new Conclusion(
            Examples.ID,
            0,
            Examples.progress().outcomes(),
            Optional.empty(),
            List.of(Examples.notice()),
            Optional.empty(),
            List.of(Examples.part()),
            Optional.of(new LogBounds(124, 57)));

    Conclusion read = ConclusionCodec.decode(ConclusionCodec.encode(split));

    assertThat(read.records()).isEqualTo(split.records());
    assertThat(read.notices()).hasSize(1);
    assertThat(read.parts()).hasSize(1);
    assertThat(read.parts().getFirst().envelope()).isEqualTo(Examples.part().envelope());
    assertThat(read.parts().getFirst().content()).isEqualTo(Examples.part().content());
  }
}
