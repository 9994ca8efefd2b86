package io.gatepost.delivery;

import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.verification.Verification;
import io.gatepost.rpc.RpcClientConfiguration;
import io.gatepost.rpc.RpcClients;
import io.gatepost.rpc.RpcProperties;
import io.gatepost.rpc.Service;
import io.gatepost.rpc.SoleInstance;
import io.gatepost.rpc.process.SuiteProcess;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// delivery-service as a process of its own: routing, verification, the scanners and the queue are
/// in other processes.
@SuiteProcess
@Import({
  DeliveryConfiguration.class,
  DeliveryHttpConfiguration.class,
  RpcClientConfiguration.class
})
public class DeliveryApplication {

  @Bean
  SoleInstance soleInstance(RpcProperties properties) {
    return SoleInstance.of(Service.DELIVERY, properties);
  }

  @Bean
  Routing routing(RpcClients clients) {
    return clients.port(Routing.class, Service.ROUTING);
  }

  @Bean
  Queue queue(RpcClients clients) {
    return clients.port(Queue.class, Service.QUEUE);
  }

  @Bean
  Scanning scanning(RpcClients clients) {
    return clients.port(Scanning.class, Service.SCANNER);
  }

  @Bean
  Verification verification(RpcClients clients) {
    return clients.port(Verification.class, Service.VERIFICATION);
  }
}
