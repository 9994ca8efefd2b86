package io.gatepost.allinone;

import io.gatepost.database.DatabaseProperties;
import io.gatepost.delivery.DeliveryConfiguration;
import io.gatepost.delivery.DeliveryHttpConfiguration;
import io.gatepost.edge.EdgeConfiguration;
import io.gatepost.edge.EdgeHttpConfiguration;
import io.gatepost.queue.QueueConfiguration;
import io.gatepost.queue.QueueOperatorHttpConfiguration;
import io.gatepost.routing.RoutingConfiguration;
import io.gatepost.routing.RoutingHttpConfiguration;
import io.gatepost.rpc.RpcProperties;
import io.gatepost.rpc.process.SuiteProcess;
import io.gatepost.scanner.ScannerConfiguration;
import io.gatepost.scanner.ScannerHttpConfiguration;
import io.gatepost.verification.VerificationConfiguration;
import io.gatepost.verification.VerificationHttpConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/// The whole suite in one context: each port is the service's own bean, and a call to it is a
/// method call. Addresses of services mean nothing to it, but may stand in settings that both modes
/// share. Nothing at the start waits for the database or its migrations.
@SuiteProcess
@EnableConfigurationProperties({RpcProperties.class, DatabaseProperties.class})
@Import({
  RoutingConfiguration.class,
  RoutingHttpConfiguration.class,
  VerificationConfiguration.class,
  VerificationHttpConfiguration.class,
  ScannerConfiguration.class,
  ScannerHttpConfiguration.class,
  QueueConfiguration.class,
  QueueOperatorHttpConfiguration.class,
  DeliveryConfiguration.class,
  DeliveryHttpConfiguration.class,
  EdgeConfiguration.class,
  EdgeHttpConfiguration.class,
  TracedPorts.class
})
public class AllInOneApplication {}
