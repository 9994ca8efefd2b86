package io.gatepost.testkit.infrastructure;

/// An empty PostgreSQL database for tests, which may go away and come back.
public sealed interface TestDatabase extends AutoCloseable
    permits EmbeddedTestDatabase, ContainerDatabase {

  /// Starts one.
  static TestDatabase start() {
    return ContainerUse.configured()
            .appliesTo(ContainerDatabase.IMAGE, ContainerEngine.ofThisMachine())
        ? ContainerDatabase.start()
        : EmbeddedTestDatabase.start();
  }

  /// The URL that clients connect to.
  String jdbcUrl();

  /// Its user.
  String username();

  /// The password that the user is asked for.
  String password();

  /// Stops it; returns when it has stopped. Its data stays.
  void stop();

  /// Starts it again after [#stop], at the same address; returns when it answers.
  void startAgain();

  /// Ends it and deletes what it has stored.
  @Override
  void close();
}
