package io.gatepost.routing.sql;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import javax.sql.DataSource;

/// Connections to a database that only the operator's query is asked of. The first is opened when
/// it is first needed.
final class OwnPool implements AutoCloseable {

  private static final long CONNECTION_TIMEOUT_MILLIS = 2_000;
  private static final int SILENCE_SECONDS = 30;

  private final HikariDataSource pool = new HikariDataSource();

  OwnPool(SqlProperties properties, MeterRegistry registry) {
    pool.setPoolName("gatepost-sql");
    pool.setJdbcUrl(properties.url());
    pool.setUsername(properties.username());
    pool.setPassword(properties.password());
    pool.setMaximumPoolSize(properties.slots());
    pool.setMinimumIdle(0);
    pool.setReadOnly(true);
    pool.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    pool.setInitializationFailTimeout(-1);
    pool.setMetricRegistry(registry);
    // A host that vanishes says nothing: without these a question would wait for ever.
    pool.addDataSourceProperty("socketTimeout", SILENCE_SECONDS);
    pool.addDataSourceProperty("tcpKeepAlive", true);
  }

  DataSource dataSource() {
    return pool;
  }

  @Override
  public void close() {
    pool.close();
  }
}
