package io.gatepost.queue.quarantine;

import io.gatepost.database.SchemaMigrations;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.queue.quarantine.QuarantineConfiguration.HeldContent;
import io.gatepost.rpc.process.SuiteProcess;
import io.gatepost.testkit.infrastructure.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// A process of the suite that has the quarantine and nothing else of queue-service.
@SuiteProcess
@Import(QuarantineConfiguration.class)
class QuarantineProcess {

  static final Duration KEEP = Duration.ofDays(14);
  static final int MOST_MESSAGES = 5;
  static final int MOST_OCTETS = 100_000;

  @Bean
  LogClients logClients() {
    return TestLog.sharedClients();
  }

  @Bean
  FileContentStore contentStore(@Value("${content}") Path content) {
    return new FileContentStore(content);
  }

  @Bean
  HeldContent heldContent(@Value("${content}") Path content) {
    return new HeldContent(new FileContentStore(content.resolve("quarantine")));
  }

  @Bean
  QuarantineLimits quarantineLimits() {
    return new QuarantineLimits(true, KEEP, MOST_MESSAGES, MOST_OCTETS);
  }

  /// Starts it, with tables that are up to date.
  static ConfigurableApplicationContext start(TestDatabase database, Path content) {
    ConfigurableApplicationContext process =
        new SpringApplicationBuilder(QuarantineProcess.class)
            .web(WebApplicationType.NONE)
            .properties("spring.main.banner-mode=off")
            .run(
                "--content=" + content,
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.username(),
                "--spring.datasource.password=" + database.password());
    process.getBean(SchemaMigrations.class).of("queue").run();
    return process;
  }
}
