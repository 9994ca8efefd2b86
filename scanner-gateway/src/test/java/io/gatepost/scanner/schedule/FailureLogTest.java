package io.gatepost.scanner.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.QueueId;
import io.gatepost.scanner.plan.ScanOutcome.Failed;
import io.gatepost.scanner.plan.ScanOutcome.Failure;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FailureLogTest {

  private static final QueueId ID = QueueId.of("0123456789abcdefg00");
  private static final Failed FAILED = new Failed(Failure.TIMEOUT, "no answer in 20000 ms");

  private long now;
  private final FailureLog log = new FailureLog("virus", () -> now);

  @Test
  void oneLineASecond() {
    assertThat(log.failed(ID, FAILED)).isTrue();
    assertThat(log.failed(ID, FAILED)).isFalse();
    now += TimeUnit.SECONDS.toNanos(1);
    assertThat(log.failed(ID, FAILED)).isTrue();
  }
}
