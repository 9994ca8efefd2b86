package io.gatepost.verification;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.routing.Routing;
import io.gatepost.rpc.RpcClientConfiguration;
import io.gatepost.rpc.RpcClients;
import io.gatepost.rpc.Service;
import io.gatepost.rpc.process.SuiteProcess;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// verification-service as a process of its own: routing and delivery are in other processes.
@SuiteProcess
@Import({
  VerificationConfiguration.class,
  VerificationHttpConfiguration.class,
  RpcClientConfiguration.class
})
public class VerificationApplication {

  @Bean
  Routing routing(RpcClients clients) {
    return clients.port(Routing.class, Service.ROUTING);
  }

  @Bean
  Delivery delivery(RpcClients clients) {
    return clients.port(Delivery.class, Service.DELIVERY);
  }
}
