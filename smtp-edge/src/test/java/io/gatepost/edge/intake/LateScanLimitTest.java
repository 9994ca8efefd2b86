package io.gatepost.edge.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.delivery.FilterAnswer;
import io.gatepost.contract.delivery.FilterTerms;
import io.gatepost.contract.delivery.LateScansState;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.edge.intake.LateScanLimit.Bounds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class LateScanLimitTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private long now;
  private final LateScanLimit limit =
      new LateScanLimit(new Bounds(3, 1_000, Duration.ofHours(1)), () -> now, meters);

  @Test
  void soManyMessagesAreTakenAsMayOweTheirScan() {
    limit.told(new LateScansState(1, 0, Duration.ZERO));

    assertThat(limit.take(1)).isEmpty();
    assertThat(limit.take(1)).isEmpty();
    assertThat(limit.take(1)).contains("3 messages owe a scan");
    assertThat(count("accepted")).isEqualTo(2);
    assertThat(count("refused")).isEqualTo(1);
  }

  @Test
  void soManyOctetsAreTakenAsMayOweTheirScan() {
    limit.told(new LateScansState(1, 500, Duration.ZERO));

    assertThat(limit.take(400)).isEmpty();
    assertThat(limit.take(101)).contains("messages of 900 octets owe a scan");
    assertThat(limit.take(100)).isEmpty();
  }

  @Test
  void nothingIsTakenWhereTheOldestHasWaitedForTooLong() {
    limit.told(new LateScansState(1, 0, Duration.ofMinutes(61)));

    assertThat(limit.take(1)).contains("a message has owed its scan for 3660 s");
  }

  @Test
  void whatDeliveryHasToldCountsForAWhileOnly() {
    assertThat(limit.take(1)).isPresent();
    limit.told(LateScansState.NONE);
    now = Duration.ofSeconds(10).toNanos();
    assertThat(limit.take(1)).isEmpty();

    now++;
    assertThat(limit.take(1)).isPresent();
  }

  @Test
  void whatWasTakenCountsUntilDeliveryMustHaveReadIt() {
    limit.told(LateScansState.NONE);
    for (int i = 0; i < 3; i++) {
      assertThat(limit.take(1)).isEmpty();
    }

    limit.asked();
    limit.told(LateScansState.NONE);
    assertThat(limit.take(1)).isPresent();

    limit.asked();
    limit.told(LateScansState.NONE);
    assertThat(limit.take(1)).isEmpty();
  }

  @Test
  void deliveryIsAskedAgainAndAgain() {
    AtomicInteger asked = new AtomicInteger();
    try (LateScanWatch watch = LateScanWatch.start(new SomeDelivery(asked), limit)) {
      await().atMost(Duration.ofSeconds(30)).until(() -> asked.get() >= 3);
      await().atMost(Duration.ofSeconds(30)).until(() -> limit.take(0).isEmpty());
    }
  }

  private double count(String result) {
    return meters.get("gatepost.edge.messages.unscanned").tag("result", result).counter().count();
  }

  /// It does not answer at first.
  private record SomeDelivery(AtomicInteger asked) implements Delivery {
    @Override
    public Mono<LateScansState> lateScans() {
      return asked.incrementAndGet() == 1
          ? Mono.error(new RpcException(RpcStatus.UNAVAILABLE, "no connection"))
          : Mono.just(LateScansState.NONE);
    }

    @Override
    public Mono<List<DestinationState>> destinations() {
      throw new AssertionError("not asked for");
    }

    @Override
    public Mono<ProbeAnswer> probe(ProbeRequest request) {
      throw new AssertionError("not asked for");
    }

    @Override
    public Mono<EarlyResult> deliverNow(EnvelopeRecord message, EarlyTerms terms) {
      throw new AssertionError("not asked for");
    }

    @Override
    public Mono<EarlyResult> withdraw(QueueId id) {
      throw new AssertionError("not asked for");
    }

    @Override
    public Mono<FilterAnswer> filter(EnvelopeRecord message, FilterTerms terms) {
      throw new AssertionError("not asked for");
    }
  }
}
