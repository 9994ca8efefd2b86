package io.gatepost.routing;

import io.gatepost.contract.process.SuiteProcess;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Import;

/// routing-service as a process of its own.
@SuiteProcess
@Import({RoutingConfiguration.class, RoutingHttpConfiguration.class})
public class RoutingApplication {

  public static void main(String[] args) {
    SpringApplication.run(RoutingApplication.class, args);
  }
}
