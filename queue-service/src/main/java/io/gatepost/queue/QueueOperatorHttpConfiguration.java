package io.gatepost.queue;

import io.gatepost.contract.queue.QuarantineOperator;
import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.queue.http.QuarantineController;
import io.gatepost.queue.http.QueueOperatorController;
import io.gatepost.rpc.RpcServerConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The operator's ports over HTTP: in the suite's one process as well, as operators come from
/// outside.
@Configuration(proxyBeanMethods = false)
@Import(RpcServerConfiguration.class)
public class QueueOperatorHttpConfiguration {

  @Bean(autowireCandidate = false)
  QueueOperatorController queueOperatorController(QueueOperator queueOperator) {
    return new QueueOperatorController(queueOperator);
  }

  @Bean(autowireCandidate = false)
  QuarantineController quarantineController(QuarantineOperator quarantineOperator) {
    return new QuarantineController(quarantineOperator);
  }
}
