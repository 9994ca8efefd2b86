package io.gatepost.queue;

import io.gatepost.contract.process.SuiteProcess;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Import;

/// queue-service as a process of its own.
@SuiteProcess
@Import({QueueConfiguration.class, QueueHttpConfiguration.class})
public class QueueApplication {

  public static void main(String[] args) {
    SpringApplication.run(QueueApplication.class, args);
  }
}
