package io.gatepost.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddressesTest {

  private static final int MANY = 100_000;

  @Test
  void listedAddressesAreThoseThatTheListHas() {
    IntStream.range(0, MANY)
        .map(Addresses::listed)
        .forEach(address -> {
          assertThat(address >>> 24).isEqualTo(127);
          assertThat(address >> 16 & 0xFF).isBetween(Addresses.FIRST_LISTED, Addresses.LAST_LISTED);
        });
  }

  @Test
  void strangersAndCorrespondentsAreOnNoList() {
    IntStream.range(0, MANY)
        .flatMap(
            number -> IntStream.of(Addresses.stranger(number), Addresses.correspondent(number)))
        .forEach(address -> {
          assertThat(address >>> 24).isEqualTo(127);
          assertThat(address >> 16 & 0xFF).isBetween(Addresses.LAST_LISTED + 1, 254);
        });
  }

  @Test
  void eachNumberIsAnotherAddressFarFromItsNeighbours() {
    assertThat(IntStream.range(0, MANY).map(Addresses::listed).distinct()).hasSize(MANY);
    assertThat(Addresses.listed(1) >> 8).isNotEqualTo(Addresses.listed(2) >> 8);
  }
}
