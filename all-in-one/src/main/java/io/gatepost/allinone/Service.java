package io.gatepost.allinone;

import io.gatepost.delivery.DeliveryApplication;
import io.gatepost.edge.EdgeApplication;
import io.gatepost.queue.QueueApplication;
import io.gatepost.routing.RoutingApplication;
import io.gatepost.scanner.ScannerApplication;
import io.gatepost.verification.VerificationApplication;

/// The six services as processes of their own.
enum Service {
  ROUTING(RoutingApplication.class),
  VERIFICATION(VerificationApplication.class),
  SCANNER(ScannerApplication.class),
  QUEUE(QueueApplication.class),
  DELIVERY(DeliveryApplication.class),
  EDGE(EdgeApplication.class);

  private final Class<?> application;

  Service(Class<?> application) {
    this.application = application;
  }

  Class<?> application() {
    return application;
  }
}
