package io.gatepost.scanner;

import io.gatepost.rpc.process.SuiteProcess;
import org.springframework.context.annotation.Import;

/// scanner-gateway as a process of its own.
@SuiteProcess
@Import({ScannerConfiguration.class, ScannerHttpConfiguration.class})
public class ScannerApplication {}
