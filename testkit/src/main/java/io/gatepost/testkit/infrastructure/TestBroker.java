package io.gatepost.testkit.infrastructure;

/// An empty Kafka broker for tests, as the embedded one is set.
public sealed interface TestBroker extends AutoCloseable
    permits EmbeddedTestBroker, ContainerBroker {

  /// The broker that all tests of this process share, which ends with the process.
  static TestBroker shared() {
    return SharedBroker.BROKER;
  }

  /// Starts one.
  static TestBroker start() {
    return ContainerUse.configured()
            .appliesTo(ContainerBroker.IMAGE, ContainerEngine.ofThisMachine())
        ? ContainerBroker.start()
        : EmbeddedTestBroker.start();
  }

  /// The addresses that clients connect to.
  String bootstrapServers();

  /// Ends it and deletes what it has stored.
  @Override
  void close();
}
