package io.gatepost.edge;

import io.gatepost.contract.process.SuiteProcess;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.RpcClients;
import io.gatepost.contract.rpc.RpcProperties;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.verification.Verification;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// smtp-edge as a process of its own: the ports that it calls are in other processes.
@SuiteProcess
@EnableConfigurationProperties(RpcProperties.class)
@Import(EdgeConfiguration.class)
public class EdgeApplication {

  @Bean
  RpcClients rpcClients(RpcProperties properties) {
    return new RpcClients(properties);
  }

  @Bean
  Verification verification(RpcClients clients, RpcProperties properties) {
    return clients.port(Verification.class, properties.verification());
  }

  @Bean
  Scanning scanning(RpcClients clients, RpcProperties properties) {
    return clients.port(Scanning.class, properties.scanner());
  }

  @Bean
  Queue queue(RpcClients clients, RpcProperties properties) {
    return clients.port(Queue.class, properties.queue());
  }

  public static void main(String[] args) {
    SpringApplication.run(EdgeApplication.class, args);
  }
}
