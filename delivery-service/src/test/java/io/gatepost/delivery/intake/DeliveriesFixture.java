package io.gatepost.delivery.intake;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Delivery over an empty log, with the parts of it that tests look at.
abstract class DeliveriesFixture {

  Deliveries deliveries;
  FakeTransport transport;
  IntakeLog log;
  LoggedQueue queue;

  @BeforeEach
  void open() throws Exception {
    deliveries = Deliveries.overAnEmptyLog();
    transport = deliveries.transport();
    log = deliveries.log();
    queue = deliveries.queue();
  }

  @AfterEach
  void close() {
    deliveries.close();
  }
}
