package io.gatepost.routing;

import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.routing.RoutingOperator;
import io.gatepost.routing.http.RoutingController;
import io.gatepost.routing.http.RoutingOperatorController;
import io.gatepost.rpc.RpcServerConfiguration;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The Routing port over HTTP: in the suite's one process as well, as operators come from outside.
@Configuration(proxyBeanMethods = false)
@Import(RpcServerConfiguration.class)
public class RoutingHttpConfiguration {

  @Bean(autowireCandidate = false)
  RoutingController routingController(Routing routing) {
    return new RoutingController(routing);
  }

  /// @param operator where there are tables in the database to change
  @Bean(autowireCandidate = false)
  RoutingOperatorController routingOperatorController(
      @Qualifier("routingOperator") Optional<RoutingOperator> operator) {
    return new RoutingOperatorController(operator);
  }
}
