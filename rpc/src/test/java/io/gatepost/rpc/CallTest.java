package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.client.Clients;
import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.queue.QuarantineOperator;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.routing.RoutingOperator;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.verification.Verification;
import io.gatepost.contract.verification.VerificationOperator;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.service.annotation.HttpExchange;

/// The table of calls and the ports say the same.
class CallTest {

  private static final List<Class<?>> PORTS =
      List.of(
          Routing.class,
          RoutingOperator.class,
          Verification.class,
          VerificationOperator.class,
          Scanning.class,
          Queue.class,
          QueueOperator.class,
          QuarantineOperator.class,
          Delivery.class,
          Clients.class);

  @Test
  void everyCallOfAPortIsInTheTableAndNoOther() {
    List<String> paths = PORTS.stream().flatMap(CallTest::paths).toList();

    assertThat(Arrays.stream(Call.values()).map(Call::path))
        .containsExactlyInAnyOrderElementsOf(paths);
  }

  @Test
  void nothingThatDeliversOrEnqueuesIsRepeated() {
    assertThat(Arrays.stream(Call.values()).filter(call -> call.path().contains(".queue.")))
        .allMatch(call -> call.repeat() == Call.Repeat.NEVER);
    assertThat(Arrays.stream(Call.values()).filter(call -> call.path().contains(".delivery.")))
        .allMatch(call -> call.repeat() == Call.Repeat.NEVER);
    assertThat(Call.SCAN.repeat()).isEqualTo(Call.Repeat.UNSENT);
  }

  @Test
  void aGatewayMayOnlyReadContent() {
    assertThat(Arrays.stream(Call.values()).filter(call -> call.isAllowed(Caller.SCANNER)))
        .containsExactlyInAnyOrder(Call.GET_CONTENT, Call.GET_RANGE);
  }

  /// A trial by an operator delivers nothing.
  @Test
  void onlyAnEdgeMayHaveMailDeliveredAtOnce() {
    for (Call call : List.of(Call.DELIVER_NOW, Call.WITHDRAW)) {
      assertThat(Arrays.stream(Caller.values()).filter(call::isAllowed))
          .containsExactly(Caller.EDGE);
    }
  }

  @Test
  void onlyAnEdgeGetsContentThatReplacesAnother() {
    assertThat(Arrays.stream(Caller.values()).filter(Call.REPLACEMENT::isAllowed))
        .containsExactly(Caller.EDGE);
  }

  private static Stream<String> paths(Class<?> port) {
    return Arrays.stream(port.getMethods()).map(CallTest::path).filter(path -> !path.isEmpty());
  }

  private static String path(Method method) {
    HttpExchange exchange = AnnotatedElementUtils.findMergedAnnotation(method, HttpExchange.class);
    return exchange == null ? "" : exchange.url();
  }
}
