package io.gatepost.allinone;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.rpc.trace.Span;
import io.gatepost.rpc.trace.Traces;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/// Calls between services of one process, as spans.
class TracedPortsTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final RouteAnswer ANSWER =
      new RouteAnswer.TryLater(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE);
  private static final RouteRequest REQUEST =
      new RouteRequest(
          ReversePath.of("ann@sender.example"),
          ForwardPath.of("bob@dest.example"),
          RouteRequest.Scope.HOSTED);

  private final List<Observation.Context> ended = new ArrayList<>();
  private final Traces traces = Traces.of(registry());

  private ObservationRegistry registry() {
    ObservationRegistry registry = ObservationRegistry.create();
    registry.observationConfig().observationHandler(new Ended());
    return registry;
  }

  private Routing routing(Function<RouteRequest, Mono<RouteAnswer>> answer) {
    Routing own =
        new Routing() {
          @Override
          public Mono<RouteAnswer> route(RouteRequest request) {
            return answer.apply(request);
          }

          @Override
          public Mono<RouteExplanation> explain(RouteRequest request) {
            throw new IllegalStateException("a bug");
          }
        };
    return TracedPorts.traced(Routing.class, own, () -> traces);
  }

  @Test
  void aCallIsPartOfTheSpanThatItIsMadeIn() {
    Routing routing = routing(any -> Mono.defer(() -> Mono.just(ANSWER)));
    Span work = traces.begin("work", Span.NONE);

    assertThat(work.within(routing.route(REQUEST)).block(LONG)).isEqualTo(ANSWER);
    work.end();

    assertThat(ended)
        .extracting(Observation.Context::getContextualName)
        .containsExactly("routing.v1.Routing/Route", "work");
    assertThat(ended.getFirst().getParentObservation().getContextView()).isSameAs(ended.get(1));
  }

  @Test
  void anAnswerThatIsThereAtOnceStaysOne() {
    Mono<RouteAnswer> known = Mono.just(ANSWER);

    assertThat(routing(any -> known).route(REQUEST)).isSameAs(known);
  }

  @Test
  void aCallThatIsMadeForNobodyIsNoSpan() {
    routing(any -> Mono.defer(() -> Mono.just(ANSWER))).route(REQUEST).block(LONG);

    assertThat(ended).isEmpty();
  }

  @Test
  void aFailureIsTheServicesOwn() {
    IllegalStateException failure = new IllegalStateException("it failed");
    Span work = traces.begin("work", Span.NONE);

    Mono<RouteAnswer> call =
        work.within(routing(any -> Mono.defer(() -> Mono.error(failure))).route(REQUEST));

    assertThat(
            call.onErrorResume(error -> error == failure ? Mono.empty() : Mono.error(error))
                .blockOptional(LONG))
        .isEmpty();
    assertThat(ended).singleElement().extracting(Observation.Context::getError).isSameAs(failure);
  }

  /// Keeps observations that have ended.
  private final class Ended implements ObservationHandler<Observation.Context> {
    @Override
    public void onStop(Observation.Context context) {
      ended.add(context);
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }
  }
}
