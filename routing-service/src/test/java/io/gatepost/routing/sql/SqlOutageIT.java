package io.gatepost.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.testkit.infrastructure.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The database goes away and comes back.
class SqlOutageIT {

  private static final String ON = "gatepost.routing.sql.enabled=true";
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  @TempDir Path data;

  @Test
  void anOutageCostsTheSourcesOwnDomainsA4xxAndNobodyElseAnything() {
    try (TestDatabase database = TestDatabase.start()) {
      try (SqlProcess process = SqlProcess.start(database, data, ON)) {
        await()
            .atMost(SqlProcess.PATIENCE)
            .until(() -> process.context().getBean(DomainWatch.class).isReached());
        process.operator().addDomain(DomainName.of("one.test")).block(SqlProcess.PATIENCE);
        process.operator().addMailbox(ForwardPath.of("ann@one.test")).block(SqlProcess.PATIENCE);
        assertThat(process.route("ann@one.test")).isEqualTo("maildir:ann@one.test");

        database.stop();

        await()
            .atMost(SqlProcess.PATIENCE)
            .until(() -> process.route("ann@one.test").startsWith("451 4.3.0"));
        isAwayForItsOwnDomainsOnly(process);
        database.startAgain();
        await()
            .atMost(SqlProcess.PATIENCE)
            .until(() -> process.route("ann@one.test").equals("maildir:ann@one.test"));
      }
      database.stop();
      try (SqlProcess again = SqlProcess.start(database, data, ON)) {
        isAwayForItsOwnDomainsOnly(again);
        database.startAgain();
        await()
            .atMost(SqlProcess.PATIENCE)
            .until(() -> again.route("nobody@one.test").startsWith("550 5.1.1"));
      }
    }
  }

  @Test
  void beforeTheFirstListNothingIsRefusedThatMayBeOurs() {
    try (TestDatabase database = TestDatabase.start()) {
      database.stop();
      try (SqlProcess process = SqlProcess.start(database, data, ON)) {
        assertThat(process.route("ann@one.test")).startsWith("451 4.3.0");
        assertThat(process.route("nobody@local.test")).startsWith("550 5.1.1");

        database.startAgain();
        await()
            .atMost(SqlProcess.PATIENCE)
            .until(() -> process.route("ann@one.test").startsWith("554 5.7.1"));
      }
    }
  }

  private static void isAwayForItsOwnDomainsOnly(SqlProcess process) {
    long start = System.nanoTime();
    assertThat(process.route("ann@one.test")).startsWith("451 4.3.0");
    assertThat(process.route("nobody@one.test")).startsWith("451 4.3.0");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST_WAIT);

    long others = System.nanoTime();
    assertThat(process.route("nobody@local.test")).startsWith("550 5.1.1");
    assertThat(process.route("user@elsewhere.test")).startsWith("554 5.7.1");
    assertThat(Duration.ofNanos(System.nanoTime() - others)).isLessThan(Duration.ofSeconds(1));
  }
}
