package io.gatepost.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientRoomTest {

  @ParameterizedTest
  @CsvSource({
    "20000, 384, 17000", // files are what is scarce
    "1048576, 384, 24576", // memory is
    "1048576, 192, 12288",
    "512, 384, 100",
    "9223372036854775807, 8388608, 536870912"
  })
  void whatIsScarceDecides(long files, long heapMebibytes, int clients) {
    assertThat(ClientRoom.clients(files, heapMebibytes << 20)).isEqualTo(clients);
  }
}
