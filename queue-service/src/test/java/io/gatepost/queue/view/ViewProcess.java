package io.gatepost.queue.view;

import io.gatepost.queue.log.append.LogClients;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.rpc.process.SuiteProcess;
import io.gatepost.testkit.infrastructure.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// A process of the suite that has the view and nothing else of queue-service.
@SuiteProcess
@Import(ViewConfiguration.class)
class ViewProcess {

  @Bean
  LogClients logClients() {
    return TestLog.sharedClients();
  }

  /// Starts it with settings `key=value`.
  static ConfigurableApplicationContext start(String... settings) {
    List<String> arguments = new ArrayList<>();
    for (String setting : settings) {
      arguments.add("--" + setting);
    }
    return new SpringApplicationBuilder(ViewProcess.class)
        .web(WebApplicationType.NONE)
        .properties("spring.main.banner-mode=off")
        .run(arguments.toArray(String[]::new));
  }

  /// Starts it on a database, with more settings.
  static ConfigurableApplicationContext startOn(TestDatabase database, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "spring.datasource.url=" + database.jdbcUrl(),
                "spring.datasource.username=" + database.username(),
                "spring.datasource.password=" + database.password()));
    all.addAll(List.of(settings));
    return start(all.toArray(String[]::new));
  }
}
