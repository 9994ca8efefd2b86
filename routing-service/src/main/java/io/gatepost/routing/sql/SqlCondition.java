package io.gatepost.routing.sql;

import java.util.function.Predicate;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/// Conditions of the SQL source on settings, known before its beans are made.
sealed class SqlCondition implements Condition {

  private final Predicate<SqlProperties> is;

  private SqlCondition(Predicate<SqlProperties> is) {
    this.is = is;
  }

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return is.test(settings(context.getEnvironment()));
  }

  private static SqlProperties settings(Environment environment) {
    return Binder.get(environment).bindOrCreate(SqlProperties.KEY, SqlProperties.class);
  }

  /// There is a source.
  static final class IsOn extends SqlCondition {
    IsOn() {
      super(SqlProperties::isOn);
    }
  }

  /// It is in the database of `spring.datasource`.
  static final class IsShared extends SqlCondition {
    IsShared() {
      super(SqlProperties::isInSharedDatabase);
    }
  }

  /// It has tables of its own.
  static final class HasTables extends SqlCondition {
    HasTables() {
      super(SqlProperties::enabled);
    }
  }

  /// It is a query.
  static final class HasQuery extends SqlCondition {
    HasQuery() {
      super(properties -> !properties.query().isBlank());
    }
  }

  /// The query has a database of its own.
  static final class HasOwnPool extends SqlCondition {
    HasOwnPool() {
      super(properties -> !properties.url().isBlank());
    }
  }
}
