package io.gatepost.testkit.infrastructure;

/// Holder of the broker of this process.
final class SharedBroker {

  static final TestBroker BROKER = start();

  private SharedBroker() {}

  private static TestBroker start() {
    TestBroker broker = TestBroker.start();
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
    return broker;
  }
}
