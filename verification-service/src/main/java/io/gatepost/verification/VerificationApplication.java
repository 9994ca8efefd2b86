package io.gatepost.verification;

import io.gatepost.contract.process.SuiteProcess;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.RpcClients;
import io.gatepost.contract.rpc.RpcProperties;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// verification-service as a process of its own: routing is in another process.
@SuiteProcess
@Import({VerificationConfiguration.class, VerificationHttpConfiguration.class})
public class VerificationApplication {

  @Bean
  Routing routing(RpcProperties properties) {
    return new RpcClients(properties).port(Routing.class, properties.routing());
  }

  public static void main(String[] args) {
    SpringApplication.run(VerificationApplication.class, args);
  }
}
