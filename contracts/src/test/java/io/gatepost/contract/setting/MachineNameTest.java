package io.gatepost.contract.setting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class MachineNameTest {

  private static final Supplier<Optional<String>> NOT_ASKED =
      () -> {
        throw new AssertionError("the resolver was asked");
      };

  @Test
  void theKernelsNameIsTakenWhereItIsQualified() {
    assertThat(MachineName.of("MX.Here.Example\n", List.of(), NOT_ASKED))
        .hasToString("mx.here.example");
  }

  @Test
  void theHostsFileQualifiesIt() {
    List<String> hosts =
        List.of(
            "127.0.0.1 localhost.localdomain localhost # mx",
            "192.0.2.7\tother.here.example other",
            "127.0.1.1  mx.here.example mx");

    assertThat(MachineName.of("mx", hosts, NOT_ASKED)).hasToString("mx.here.example");
  }

  @Test
  void theResolverIsAskedLast() {
    assertThat(MachineName.of("mx", List.of(), () -> Optional.of("mx.here.example.")))
        .hasToString("mx.here.example");
  }

  @Test
  void loopbacksNameAndAddressesAreNobodysName() {
    List<String> hosts = List.of("127.0.0.1 localhost localhost.localdomain mx");

    assertThat(MachineName.of("mx", hosts, () -> Optional.of("localhost"))).hasToString("mx");
    assertThat(MachineName.of("mx", List.of(), () -> Optional.of("192.0.2.7"))).hasToString("mx");
  }

  @Test
  void withoutAUsableNameItIsLocalhost() {
    assertThat(MachineName.of("", List.of(), Optional::empty)).hasToString("localhost");
    assertThat(MachineName.of("two words", List.of(), Optional::empty)).hasToString("localhost");
  }

  @Test
  void aLookUpThatHangsIsNotWaitedFor() {
    CountDownLatch never = new CountDownLatch(1);

    assertThat(MachineName.within(Duration.ofMillis(1), () -> waited(never))).isEmpty();
    never.countDown();
  }

  @Test
  void aLookUpThatFailsSaysNothing() {
    assertThat(
            MachineName.within(
                Duration.ofSeconds(10),
                () -> {
                  throw new UnknownHostException("mx");
                }))
        .isEmpty();
  }

  private static String waited(CountDownLatch latch) throws IOException {
    try {
      latch.await();
      return "late.example";
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
