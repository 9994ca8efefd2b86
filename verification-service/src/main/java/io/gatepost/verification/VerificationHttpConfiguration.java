package io.gatepost.verification;

import io.gatepost.contract.rpc.RpcServerConfiguration;
import io.gatepost.contract.verification.Verification;
import io.gatepost.verification.http.VerificationController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The Verification port over HTTP.
@Configuration(proxyBeanMethods = false)
@Import(RpcServerConfiguration.class)
public class VerificationHttpConfiguration {

  @Bean(autowireCandidate = false)
  VerificationController verificationController(Verification verification) {
    return new VerificationController(verification);
  }
}
