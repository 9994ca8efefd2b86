package io.gatepost.scanner;

import io.gatepost.contract.content.ContentSource;
import io.gatepost.contract.queue.Queue;
import io.gatepost.rpc.RpcClientConfiguration;
import io.gatepost.rpc.RpcClients;
import io.gatepost.rpc.Service;
import io.gatepost.rpc.process.SuiteProcess;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// scanner-gateway as a process of its own: content that is not in the call is read from
/// queue-service.
@SuiteProcess
@Import({ScannerConfiguration.class, ScannerHttpConfiguration.class, RpcClientConfiguration.class})
public class ScannerApplication {

  @Bean
  ContentSource contents(RpcClients clients) {
    return new PulledContent(clients.port(Queue.class, Service.QUEUE));
  }
}
