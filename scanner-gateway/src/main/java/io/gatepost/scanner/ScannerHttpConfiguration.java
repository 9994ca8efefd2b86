package io.gatepost.scanner;

import io.gatepost.contract.scanning.Scanning;
import io.gatepost.rpc.RpcServerConfiguration;
import io.gatepost.scanner.http.ScanningController;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The Scanning port over HTTP.
@Configuration(proxyBeanMethods = false)
@Import(RpcServerConfiguration.class)
public class ScannerHttpConfiguration {

  @Bean(autowireCandidate = false)
  ScanningController scanningController(
      Scanning scanning, @Qualifier("scanService") ScanService service) {
    return new ScanningController(scanning, pass -> service.reading(pass::over));
  }
}
