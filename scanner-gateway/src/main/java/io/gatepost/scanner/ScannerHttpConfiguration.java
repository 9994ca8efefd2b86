package io.gatepost.scanner;

import io.gatepost.rpc.RpcServerConfiguration;
import io.gatepost.scanner.http.ScanningController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The Scanning port over HTTP.
@Configuration(proxyBeanMethods = false)
@Import(RpcServerConfiguration.class)
public class ScannerHttpConfiguration {

  @Bean(autowireCandidate = false)
  ScanningController scanningController(ScanService scanning) {
    return new ScanningController(scanning, pass -> scanning.reading(pass::over));
  }
}
