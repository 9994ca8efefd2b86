package io.gatepost.routing.chain;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.routing.RouteRequest;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// A router that a test makes up.
record FakeRouter(RouterName name, Function<ForwardPath, RouterResult> says) implements Router {

  /// One that asks the database about every address.
  static Router askingDatabase() {
    return new FakeRouter(
        RouterName.SQL,
        address ->
            new RouterResult.Ask(new Query.Sql(RoutingChainTest.request(address.toString()))));
  }

  static RouterResult rewrite(String... addresses) {
    return new RouterResult.Rewrite(rewritten(addresses));
  }

  static List<ForwardPath> rewritten(String... addresses) {
    return Stream.of(addresses).map(ForwardPath::of).toList();
  }

  @Override
  public RouterResult route(RouteRequest request) {
    return says.apply(request.recipient());
  }

  @Override
  public String source(RouteRequest request) {
    return "source of " + name;
  }
}
