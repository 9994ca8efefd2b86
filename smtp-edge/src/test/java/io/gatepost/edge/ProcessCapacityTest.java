package io.gatepost.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessCapacityTest {

  @ParameterizedTest
  @CsvSource({
    "20000, 384, 8192", // memory is what is scarce
    "1048576, 1024, 21845",
    "9000, 384, 7375", // files are
    "512, 384, 100",
    "9223372036854775807, 8388608, 178956970"
  })
  void whatIsScarceDecides(long files, long heapMebibytes, int clients) {
    assertThat(new ProcessCapacity(files, heapMebibytes << 20).clients()).isEqualTo(clients);
  }

  @ParameterizedTest
  @CsvSource({"192", "384", "1024", "65536"})
  void whatClientsBringFitsIntoTwoThirdsOfTheHeap(long heapMebibytes) {
    ProcessCapacity capacity = new ProcessCapacity(Long.MAX_VALUE, heapMebibytes << 20);

    long octets =
        capacity.clients() * 12L * 1024
            + capacity.inTls() * 32L * 1024
            + capacity.recipients()
            + capacity.input()
            + capacity.content();

    assertThat(octets).isLessThan(capacity.heap() * 2 / 3);
  }
}
