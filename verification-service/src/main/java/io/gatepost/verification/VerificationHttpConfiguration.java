package io.gatepost.verification;

import io.gatepost.contract.verification.Verification;
import io.gatepost.contract.verification.VerificationOperator;
import io.gatepost.rpc.RpcServerConfiguration;
import io.gatepost.verification.http.VerificationController;
import io.gatepost.verification.http.VerificationOperatorController;
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

  @Bean(autowireCandidate = false)
  VerificationOperatorController verificationOperatorController(VerificationOperator operator) {
    return new VerificationOperatorController(operator);
  }
}
