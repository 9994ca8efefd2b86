package io.gatepost.contract.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.contract.routing.RouteRequest.Skip;
import io.gatepost.contract.wire.ContractJson;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoutingJsonTest {

  private static final ForwardPath ANN = ForwardPath.of("ann@here.example");

  static Stream<Optional<Skip>> whatMayBePassedOver() {
    return Stream.of(
        Optional.empty(),
        Optional.of(new Skip.Filters()),
        Optional.of(new Skip.Rewriting()),
        Optional.of(new Skip.RewritingBefore("sql")));
  }

  @ParameterizedTest
  @MethodSource("whatMayBePassedOver")
  void aRequestTravelsWithWhatIsPassedOver(Optional<Skip> skip) {
    RouteRequest request = new RouteRequest(new ReversePath.Null(), ANN, Scope.ANYWHERE, skip);

    String json = ContractJson.MAPPER.writeValueAsString(request);

    assertThat(ContractJson.MAPPER.readValue(json, RouteRequest.class)).isEqualTo(request);
  }

  @Test
  void anExplanationTravels() {
    RouteExplanation.Visit bob =
        new RouteExplanation.Visit(ForwardPath.of("b@x.example"), List.of());
    RouteExplanation explanation =
        new RouteExplanation(
            new RouteExplanation.Visit(
                ANN,
                List.of(
                    new RouteExplanation.Step(
                        "aliases",
                        "table",
                        12,
                        RouteExplanation.Result.REWRITE,
                        "is b@x.example",
                        List.of(bob)))),
            new RouteAnswer.TryLater(Reason.DEADLINE_EXCEEDED, Replies.ROUTING_TOO_SLOW));

    String json = ContractJson.MAPPER.writeValueAsString(explanation);

    assertThat(ContractJson.MAPPER.readValue(json, RouteExplanation.class)).isEqualTo(explanation);
  }
}
