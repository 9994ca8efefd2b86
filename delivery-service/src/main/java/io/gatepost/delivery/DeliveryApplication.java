package io.gatepost.delivery;

import io.gatepost.contract.process.SuiteProcess;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.RpcClients;
import io.gatepost.contract.rpc.RpcProperties;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// delivery-service as a process of its own: routing and the queue are in other processes.
@SuiteProcess
@Import({DeliveryConfiguration.class, DeliveryHttpConfiguration.class})
public class DeliveryApplication {

  @Bean
  RpcClients rpcClients(RpcProperties properties) {
    return new RpcClients(properties);
  }

  @Bean
  Routing routing(RpcClients clients, RpcProperties properties) {
    return clients.port(Routing.class, properties.routing());
  }

  @Bean
  Queue queue(RpcClients clients, RpcProperties properties) {
    return clients.port(Queue.class, properties.queue());
  }

  public static void main(String[] args) {
    SpringApplication.run(DeliveryApplication.class, args);
  }
}
