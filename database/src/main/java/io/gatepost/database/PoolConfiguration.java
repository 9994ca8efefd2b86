package io.gatepost.database;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/// The connections of a process, from Spring Boot's own keys, `spring.datasource.*` and
/// `spring.datasource.hikari.*`.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({DataSourceProperties.class, DatabaseProperties.class})
class PoolConfiguration {

  private static final String DEFAULT_URL = "jdbc:postgresql://127.0.0.1:5432/gatepost";
  private static final String DEFAULT_USER = "gatepost";
  private static final String DEFAULT_NAME = "gatepost";
  private static final long CONNECTION_TIMEOUT_MILLIS = 2_000;
  private static final int SILENCE_SECONDS = 30;

  /// The pool: these are defaults, over which the operator's keys are bound.
  @Bean
  @ConfigurationProperties("spring.datasource.hikari")
  HikariDataSource dataSource(
      DataSourceProperties properties,
      DatabaseProperties own,
      ObjectProvider<DatabaseShare> shares,
      Environment environment) {
    HikariDataSource pool = new HikariDataSource();
    pool.setPoolName(properties.getName() == null ? DEFAULT_NAME : properties.getName());
    pool.setJdbcUrl(properties.getUrl() == null ? DEFAULT_URL : properties.getUrl());
    if (properties.getDriverClassName() != null) {
      pool.setDriverClassName(properties.getDriverClassName());
    }
    pool.setUsername(properties.getUsername() == null ? DEFAULT_USER : properties.getUsername());
    pool.setPassword(own.password().checkedAgainst(Binder.get(environment)));
    pool.setMaximumPoolSize(
        Math.max(1, shares.stream().mapToInt(DatabaseShare::connections).sum()));
    pool.setMinimumIdle(0);
    pool.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    pool.setInitializationFailTimeout(-1);
    // A database host that vanishes says nothing: without these a question would wait for ever.
    pool.addDataSourceProperty("socketTimeout", SILENCE_SECONDS);
    pool.addDataSourceProperty("tcpKeepAlive", true);
    return pool;
  }
}
