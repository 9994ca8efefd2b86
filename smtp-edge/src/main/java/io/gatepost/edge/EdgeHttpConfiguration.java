package io.gatepost.edge;

import io.gatepost.edge.http.ClientsController;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.rpc.RpcServerConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The Clients port over HTTP: in the suite's one process as well, as operators come from outside.
@Configuration(proxyBeanMethods = false)
@Import(RpcServerConfiguration.class)
public class EdgeHttpConfiguration {

  @Bean
  ClientsController clientsController(EdgeProperties properties, StandardPolicy policy) {
    return new ClientsController(properties.trustedNetworks(), policy);
  }
}
