package io.gatepost.routing;

import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.RpcServerConfiguration;
import io.gatepost.routing.http.RoutingController;
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
}
