package io.gatepost.testkit.infrastructure;

import io.gatepost.embedded.EmbeddedBroker;
import java.nio.file.Path;

/// The embedded broker in this process.
final class EmbeddedTestBroker implements TestBroker {

  private final Path directory;
  private final EmbeddedBroker broker;

  private EmbeddedTestBroker(Path directory, EmbeddedBroker broker) {
    this.directory = directory;
    this.broker = broker;
  }

  static EmbeddedTestBroker start() {
    Path directory = OwnDirectory.create("broker");
    return new EmbeddedTestBroker(directory, EmbeddedBroker.start(directory));
  }

  @Override
  public String bootstrapServers() {
    return broker.bootstrapServers();
  }

  @Override
  public void close() {
    broker.close();
    OwnDirectory.delete(directory);
  }
}
