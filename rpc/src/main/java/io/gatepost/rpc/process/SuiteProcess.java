package io.gatepost.rpc.process;

import io.gatepost.rpc.trace.TracesConfiguration;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/// The application class of a process of the suite. Spring Boot brings what such a process needs,
/// but no database: the services that have one import it (`database`), so that the start does not
/// wait for it (requirement G13), and a process without tables has no pool. Kafka's factories are
/// Boot's; they ask no broker before a service opens a client.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootConfiguration
@EnableAutoConfiguration(
    excludeName = {
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
      "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration",
      "org.springframework.boot.data.jdbc.autoconfigure.DataJdbcRepositoriesAutoConfiguration"
    })
@Import({
  HttpBounds.class,
  GatesConfiguration.class,
  DependenciesConfiguration.class,
  TracesConfiguration.class
})
public @interface SuiteProcess {}
