package io.gatepost.allinone;

import io.gatepost.contract.process.SuiteProcess;
import io.gatepost.contract.rpc.RpcProperties;
import io.gatepost.delivery.DeliveryConfiguration;
import io.gatepost.delivery.DeliveryHttpConfiguration;
import io.gatepost.edge.EdgeConfiguration;
import io.gatepost.queue.QueueConfiguration;
import io.gatepost.queue.QueueOperatorHttpConfiguration;
import io.gatepost.routing.RoutingConfiguration;
import io.gatepost.routing.RoutingHttpConfiguration;
import io.gatepost.scanner.ScannerConfiguration;
import io.gatepost.verification.VerificationConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/// The whole suite in one context: each port is the service's own bean, and a call to it is a
/// method call. Addresses of services mean nothing to it, but may stand in settings that both modes
/// share. The view has its database and its migrations itself: nothing at the start waits for them.
@SuiteProcess
@EnableConfigurationProperties(RpcProperties.class)
@Import({
  RoutingConfiguration.class,
  RoutingHttpConfiguration.class,
  VerificationConfiguration.class,
  ScannerConfiguration.class,
  QueueConfiguration.class,
  QueueOperatorHttpConfiguration.class,
  DeliveryConfiguration.class,
  DeliveryHttpConfiguration.class,
  EdgeConfiguration.class
})
public class AllInOneApplication {}
