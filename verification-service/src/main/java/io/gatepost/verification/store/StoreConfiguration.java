package io.gatepost.verification.store;

import io.gatepost.database.DatabaseConfiguration;
import io.gatepost.database.DatabaseShare;
import io.gatepost.database.SchemaMigration;
import io.gatepost.database.SchemaMigrations;
import io.gatepost.verification.cache.AnswerStore;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.jdbc.repository.config.EnableJdbcRepositories;
import org.springframework.jdbc.core.JdbcTemplate;

/// The database of answers, unless memory is to be alone.
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(
    name = "gatepost.verification.callout.keep",
    havingValue = "database",
    matchIfMissing = true)
@Import(DatabaseConfiguration.class)
@EnableJdbcRepositories(basePackageClasses = AnswerRows.class)
public class StoreConfiguration {

  static final String SCHEMA = "verification";

  /// One for the keeper, one for an operator who forgets.
  private static final int CONNECTIONS = 2;

  @Bean
  DatabaseShare answersShare() {
    return new DatabaseShare("callout-answers", CONNECTIONS);
  }

  @Bean
  SchemaMigration answersMigration(SchemaMigrations migrations) {
    return migrations.of(SCHEMA);
  }

  @Bean
  AnswerStore answerStore(
      JdbcTemplate jdbc,
      AnswerRows rows,
      @Qualifier("answersMigration") SchemaMigration migration) {
    return new JdbcAnswerStore(jdbc, rows, migration);
  }
}
