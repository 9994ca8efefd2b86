package io.gatepost.edge;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.verification.Verification;
import io.gatepost.rpc.RpcClientConfiguration;
import io.gatepost.rpc.RpcClients;
import io.gatepost.rpc.Service;
import io.gatepost.rpc.process.SuiteProcess;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// smtp-edge as a process of its own: the ports that it calls are in other processes.
@SuiteProcess
@Import({EdgeConfiguration.class, EdgeHttpConfiguration.class, RpcClientConfiguration.class})
public class EdgeApplication {

  @Bean
  Verification verification(RpcClients clients) {
    return clients.port(Verification.class, Service.VERIFICATION);
  }

  @Bean
  Scanning scanning(RpcClients clients) {
    return clients.port(Scanning.class, Service.SCANNER);
  }

  @Bean
  Delivery delivery(RpcClients clients) {
    return clients.port(Delivery.class, Service.DELIVERY);
  }

  @Bean
  Queue queue(RpcClients clients) {
    return clients.port(Queue.class, Service.QUEUE);
  }
}
