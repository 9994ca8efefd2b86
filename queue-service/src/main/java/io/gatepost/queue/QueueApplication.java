package io.gatepost.queue;

import io.gatepost.rpc.RpcProperties;
import io.gatepost.rpc.Service;
import io.gatepost.rpc.SoleInstance;
import io.gatepost.rpc.process.SuiteProcess;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// queue-service as a process of its own.
@SuiteProcess
@Import({QueueConfiguration.class, QueueHttpConfiguration.class})
public class QueueApplication {

  @Bean
  SoleInstance soleInstance(RpcProperties properties) {
    return SoleInstance.of(Service.QUEUE, properties);
  }
}
