package io.gatepost.scanner;

import io.gatepost.contract.process.SuiteProcess;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Import;

/// scanner-gateway as a process of its own.
@SuiteProcess
@Import({ScannerConfiguration.class, ScannerHttpConfiguration.class})
public class ScannerApplication {

  public static void main(String[] args) {
    SpringApplication.run(ScannerApplication.class, args);
  }
}
