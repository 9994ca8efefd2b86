package io.gatepost.queue;

import io.gatepost.contract.queue.Queue;
import io.gatepost.queue.http.QueueController;
import io.gatepost.rpc.RpcServerConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The Queue port over HTTP.
@Configuration(proxyBeanMethods = false)
@Import({RpcServerConfiguration.class, QueueOperatorHttpConfiguration.class})
public class QueueHttpConfiguration {

  @Bean(autowireCandidate = false)
  QueueController queueController(Queue queue) {
    return new QueueController(queue);
  }
}
