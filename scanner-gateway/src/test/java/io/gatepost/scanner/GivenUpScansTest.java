package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.scanner.clamd.ClamdScanner;
import io.gatepost.scanner.plan.ScanOutcome;
import io.gatepost.scanner.plan.ScanOutcome.Failure;
import io.gatepost.scanner.schedule.ScheduledScanner;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.testkit.scanner.FakeScanner;
import io.gatepost.testkit.scanner.Talk;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/// clamd goes on with a scan that nobody waits for.
class GivenUpScansTest {

  private static final Duration LIMIT = Duration.ofMillis(500);
  private static final Duration SCAN = Duration.ofMillis(1500);
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final AtomicInteger scans = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  @Test
  void thereAreNeverMoreScansThanSlotsAlthoughAllAreGivenUp() {
    try (FakeScanner clamd = FakeScanner.start(this::scan)) {
      Scheduling scheduling = new Scheduling();
      scheduling.slots = 2;
      scheduling.limit = LIMIT;
      scheduling.circuit.transitionToDisabledState();
      ScheduledScanner scanner =
          scheduling.of(new ClamdScanner(ScannerAddress.of("address", clamd.address()), 2));

      List<ScanOutcome.Result> results =
          Flux.range(0, 6)
              .flatMap(
                  number ->
                      scanner.ask(scheduling.about(Messages.inMemory("letter " + number + "\r\n"))),
                  6)
              .map(ScanOutcome::result)
              .collectList()
              .block(LONGEST);

      assertThat(results)
          .hasSize(6)
          .allSatisfy(result ->
              assertThat(result)
                  .isInstanceOfSatisfying(
                      ScanOutcome.Failed.class,
                      failed -> assertThat(failed.failure()).isEqualTo(Failure.TIMEOUT)));
      assertThat(most.get()).isBetween(1, 2);
    }
  }

  /// Scans for some time, whoever has left.
  private void scan(Talk talk) throws IOException {
    talk.readTo(0); // IDSESSION
    talk.readTo(0); // INSTREAM
    for (long length = talk.readNumber(); length > 0; length = talk.readNumber()) {
      talk.read(Math.toIntExact(length));
    }
    most.accumulateAndGet(scans.incrementAndGet(), Math::max);
    try {
      Thread.sleep(SCAN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    scans.decrementAndGet();
    talk.write("1: stream: OK\0");
  }
}
