package io.gatepost.routing.sql;

import io.gatepost.contract.routing.RoutingOperator;
import io.gatepost.database.DatabaseCalls;
import io.gatepost.database.DatabaseConfiguration;
import io.gatepost.database.DatabaseShare;
import io.gatepost.database.SchemaMigration;
import io.gatepost.database.SchemaMigrations;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.ScarceResource;
import io.gatepost.rpc.process.SuiteSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.jdbc.repository.config.EnableJdbcRepositories;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The SQL source, where one is configured; else nothing of JDBC is loaded.
@Configuration(proxyBeanMethods = false)
@Conditional(SqlCondition.IsOn.class)
@Import({
  SqlConfiguration.SharedDatabase.class,
  SqlConfiguration.Tables.class,
  SqlConfiguration.OperatorsQuery.class
})
public class SqlConfiguration {

  /// Changes and lists of the operator's at a time.
  private static final GateLimits OPERATORS = GateLimits.of(2, 100);

  @Bean
  Gate sqlGate(SqlProperties properties) {
    return new Gate("sql", SqlSource.limits(properties));
  }

  @Bean
  DatabaseCalls sqlCalls(@Qualifier("sqlGate") Gate sqlGate) {
    return new DatabaseCalls(sqlGate);
  }

  @Bean
  SqlMeters sqlMeters(MeterRegistry registry) {
    return new SqlMeters(registry);
  }

  @Bean
  SqlSource sqlSource(
      AddressLookup lookup,
      ServedDomains domains,
      @Qualifier("sqlCalls") DatabaseCalls calls,
      SqlProperties properties,
      SqlMeters meters) {
    return new SqlSource(lookup, domains, calls, properties, meters);
  }

  @Bean
  ScarceResource sqlQuestions(@Qualifier("sqlSource") SqlSource source) {
    return source.questions();
  }

  private static TransactionTemplate reading(
      PlatformTransactionManager transactions, Duration timeout) {
    TransactionTemplate reading = new TransactionTemplate(transactions);
    reading.setReadOnly(true);
    reading.setTimeout((int) timeout.plusMillis(999).toSeconds());
    return reading;
  }

  /// The database of `spring.datasource`.
  @Configuration(proxyBeanMethods = false)
  @Conditional(SqlCondition.IsShared.class)
  @Import(DatabaseConfiguration.class)
  static class SharedDatabase {

    /// Beside the questions there are the operator's, and one that looks for changes.
    @Bean
    DatabaseShare sqlShare(SqlProperties properties) {
      return new DatabaseShare(
          "sql", properties.slots() + (properties.enabled() ? OPERATORS.slots() + 1 : 0));
    }
  }

  /// Our own tables there.
  @Configuration(proxyBeanMethods = false)
  @Conditional(SqlCondition.HasTables.class)
  @EnableJdbcRepositories(basePackageClasses = DomainRows.class)
  static class Tables {

    @Bean
    SchemaMigration routingMigration(SchemaMigrations migrations) {
      return migrations.of(SqlSource.SCHEMA);
    }

    @Bean
    DomainWatch sqlDomains(
        @Qualifier("routingMigration") SchemaMigration migration,
        DomainRows rows,
        OtherDomains others,
        SuiteSettings suite,
        SqlMeters meters) {
      DomainWatch watch = new DomainWatch(migration, rows, DomainFile.in(suite.data()), others);
      meters.watch(watch);
      return watch;
    }

    @Bean
    AddressLookup ownTables(
        MailboxRows mailboxes,
        AliasRows aliases,
        PlatformTransactionManager transactions,
        SqlProperties properties) {
      return new OwnTables(mailboxes, aliases, reading(transactions, properties.timeout()));
    }

    @Bean
    Gate sqlOperatorGate() {
      return new Gate("sql-operator", OPERATORS);
    }

    @Bean
    DatabaseCalls sqlOperatorCalls(@Qualifier("sqlOperatorGate") Gate gate) {
      return new DatabaseCalls(gate);
    }

    @Bean
    RoutingOperator routingOperator(
        DomainRows domains,
        MailboxRows mailboxes,
        AliasRows aliases,
        PlatformTransactionManager transactions,
        @Qualifier("sqlOperatorCalls") DatabaseCalls calls,
        DomainWatch watch,
        OtherDomains others,
        @Qualifier("sqlSource") SqlSource source) {
      watch.onChange(source::forget);
      return new AddressBook(
          domains, mailboxes, aliases, new TransactionTemplate(transactions), calls, watch, others);
    }
  }

  /// A query of the operator's.
  @Configuration(proxyBeanMethods = false)
  @Conditional(SqlCondition.HasQuery.class)
  static class OperatorsQuery {

    @Bean
    @Conditional(SqlCondition.HasOwnPool.class)
    OwnPool sqlPool(SqlProperties properties, MeterRegistry registry) {
      return new OwnPool(properties, registry);
    }

    @Bean
    AddressLookup ownQuery(
        SqlProperties properties, ObjectProvider<OwnPool> own, ObjectProvider<DataSource> shared) {
      OwnPool pool = own.getIfAvailable();
      DataSource dataSource = pool != null ? pool.dataSource() : shared.getObject();
      JdbcTemplate jdbc = new JdbcTemplate(dataSource);
      jdbc.setMaxRows(OwnQuery.MAX_ROWS);
      return new OwnQuery(
          properties.query(),
          new NamedParameterJdbcTemplate(jdbc),
          reading(new JdbcTransactionManager(dataSource), properties.timeout()));
    }

    @Bean
    ServedDomains sqlDomains(SqlProperties properties) {
      return properties.domainNames()::contains;
    }
  }
}
