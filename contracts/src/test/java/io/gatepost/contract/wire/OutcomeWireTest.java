package io.gatepost.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.event.OutcomeRecord;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeWireTest {

  @Test
  void theFormThatIsWrittenIsPinned() {
    assertThat(OutcomeRecordCodec.encode(Examples.deliveredAtOnce()))
        .isEqualTo(Golden.octets("outcome-ended.json"));
    assertThat(OutcomeRecordCodec.encode(Examples.progress()))
        .isEqualTo(Golden.octets("outcome-progress.json"));
    assertThat(OutcomeRecordCodec.encode(Examples.located()))
        .isEqualTo(Golden.octets("outcome-ended-located.json"));
    assertThat(OutcomeRecordCodec.encode(Examples.discarded()))
        .isEqualTo(Golden.octets("outcome-ended-discarded.json"));
  }

  @Test
  void oldRecordsAreRead() {
    assertThat(OutcomeRecordCodec.decode(Golden.octets("outcome-ended.json")))
        .isEqualTo(Examples.deliveredAtOnce());
    assertThat(OutcomeRecordCodec.decode(Golden.octets("outcome-ended-wordy.json")))
        .isEqualTo(Examples.deliveredAtOnce());
    assertThat(OutcomeRecordCodec.decode(Golden.octets("outcome-progress.json")))
        .isEqualTo(Examples.progress());
    assertThat(OutcomeRecordCodec.decode(Golden.octets("outcome-ended-located.json")))
        .isEqualTo(Examples.located());
    assertThat(OutcomeRecordCodec.decode(Golden.octets("outcome-ended-discarded.json")))
        .isEqualTo(Examples.discarded());
  }

  @Test
  void anEndWithoutOutcomesIsAnEnd() {
    OutcomeRecord ended = new OutcomeRecord.Ended(Examples.ID, 4, java.util.List.of());

    assertThat(OutcomeRecordCodec.decode(OutcomeRecordCodec.encode(ended))).isEqualTo(ended);
  }

  @Test
  void whatANewerWriterHasAddedIsSkipped() {
    String json = new String(Golden.octets("outcome-progress.json"), StandardCharsets.UTF_8);
    byte[] newer =
        json.replace("{\"type\"", "{\"added\":{\"type\":[]},\"type\"")
            .getBytes(StandardCharsets.UTF_8);

    assertThat(OutcomeRecordCodec.decode(newer)).isEqualTo(Examples.progress());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "[]",
        "{\"type\":\"begun\",\"id\":\"0123456789abcdefg00\"}",
        "{\"type\":\"ended\"}",
        "{\"type\":\"ended\",\"id\":\"0123456789abcdefg00\",\"outcomes\":[{}]}",
        "{\"type\":\"ended\",\"id\":\"0123456789abcdefg00\",\"outcomes\":[{\"type\":\"failed\","
            + "\"recipient\":{\"address\":\"a@b\"},\"reason\":\"WHIM\",\"reply\":\"550 no\"}]}",
        "{\"type\":\"ended\",\"id\":\"0123456789abcdefg00\",\"outcomes\":[{\"type\":\"failed\","
            + "\"recipient\":{\"address\":\"a@b\"},\"reply\":\"550 no\"}]}",
        "{\"type\":\"ended\",\"id\":\"0123456789abcdefg00\",\"outcomes\":[{\"type\":\"discarded\","
            + "\"recipient\":{\"address\":\"a@b\"}}]}"
      })
  void octetsThatAreNoRecordAreUnreadable(String json) {
    assertThatThrownBy(() -> OutcomeRecordCodec.decode(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(UnreadableFrameException.class);
  }
}
