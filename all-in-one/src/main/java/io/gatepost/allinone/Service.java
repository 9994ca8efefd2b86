package io.gatepost.allinone;

import io.gatepost.delivery.DeliveryApplication;
import io.gatepost.edge.EdgeApplication;
import io.gatepost.queue.QueueApplication;
import io.gatepost.routing.RoutingApplication;
import io.gatepost.scanner.ScannerApplication;
import io.gatepost.verification.VerificationApplication;

/// The six services as processes of their own.
enum Service {
  ROUTING("routing-service", RoutingApplication.class),
  VERIFICATION("verification-service", VerificationApplication.class),
  SCANNER("scanner-gateway", ScannerApplication.class),
  QUEUE("queue-service", QueueApplication.class),
  DELIVERY("delivery-service", DeliveryApplication.class),
  EDGE("smtp-edge", EdgeApplication.class);

  private final String module;
  private final Class<?> application;

  /// @param module that it is
  Service(String module, Class<?> application) {
    this.module = module;
    this.application = application;
  }

  /// The name by which others know it: logs, traces.
  String module() {
    return module;
  }

  Class<?> application() {
    return application;
  }
}
