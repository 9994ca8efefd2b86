package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class InstanceOrderTest {

  private static final int KEYS = 3_000;

  private final InstanceOrder order = new InstanceOrder();
  private final Breakers breakers =
      new Breakers(CircuitBreakerRegistry.ofDefaults(), TimeLimiterRegistry.ofDefaults());
  private final InstanceMeters meters = new InstanceMeters(new SimpleMeterRegistry());
  private final List<Instance> three =
      Stream.of("10.0.0.1:8082", "10.0.0.2:8082", "10.0.0.3:8082").map(this::instance).toList();

  private Instance instance(String name) {
    return new Instance(
        name,
        (method, uri, callback) -> Mono.never(),
        breakers.of(Service.VERIFICATION, name),
        meters.instance(Service.VERIFICATION, name),
        () -> {});
  }

  private static String key(int number) {
    return "user" + number + "@dest.example";
  }

  @Test
  void keysAreSpreadEvenly() {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < KEYS; i++) {
      counts.merge(order.byKey(three, key(i)).getFirst().name(), 1, Integer::sum);
    }

    assertThat(counts.values())
        .hasSize(3)
        .allSatisfy(count -> assertThat(count).isBetween(800, 1_200));
  }

  @Test
  void theKeysOfAnInstanceThatGoesAreSpreadAndTheOthersStay() {
    List<Instance> two = three.subList(0, 2);
    Map<String, Integer> moved = new HashMap<>();
    for (int i = 0; i < KEYS; i++) {
      Instance before = order.byKey(three, key(i)).getFirst();
      Instance after = order.byKey(two, key(i)).getFirst();
      if (before == three.get(2)) {
        moved.merge(after.name(), 1, Integer::sum);
        assertThat(order.byKey(three, key(i)).get(1)).isSameAs(after);
      } else {
        assertThat(after).isSameAs(before);
      }
    }

    assertThat(moved.values()).hasSize(2).allSatisfy(count -> assertThat(count).isGreaterThan(300));
  }

  @Test
  void theOrderOfTheAddressesIsNoMatter() {
    for (int i = 0; i < 100; i++) {
      assertThat(order.byKey(three.reversed(), key(i))).isEqualTo(order.byKey(three, key(i)));
    }
  }

  @Test
  void theOneWithTheFewestCallsIsFirst() {
    three.get(0).tryEnter();
    three.get(0).tryEnter();
    three.get(1).tryEnter();

    assertThat(order.byLoad(three)).containsExactly(three.get(2), three.get(1), three.get(0));
  }

  @Test
  void equalsTakeTurns() {
    assertThat(IntStream.range(0, 3).mapToObj(i -> order.byLoad(three).getFirst()))
        .containsExactlyInAnyOrderElementsOf(three);
  }

  @Test
  void oneThatHasJustFailedIsLast() {
    Instance failed = three.get(1);
    failed.tryEnter();
    StepVerifier.create(failed.call(Mono.error(new ConnectException("refused")))).verifyError();

    assertThat(order.byLoad(three)).last().isSameAs(failed);
    assertThat(IntStream.range(0, 50).mapToObj(i -> order.byKey(three, key(i))))
        .allSatisfy(ordered -> assertThat(ordered).last().isSameAs(failed));
  }

  @Test
  void oneThatIsGoneIsNotEntered() {
    Instance gone = three.get(0);
    gone.tryEnter();
    gone.retire();

    assertThat(gone.outstanding()).isEqualTo(1);
    StepVerifier.create(gone.call(Mono.just("answer"))).expectNext("answer").verifyComplete();
    assertThat(gone.tryEnter()).isFalse();
    assertThat(gone.tryEnterStream()).isFalse();
  }
}
