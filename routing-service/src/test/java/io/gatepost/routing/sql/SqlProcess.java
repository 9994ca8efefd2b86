package io.gatepost.routing.sql;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.routing.RoutingOperator;
import io.gatepost.routing.RoutingConfiguration;
import io.gatepost.rpc.process.SuiteProcess;
import io.gatepost.testkit.infrastructure.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import reactor.core.publisher.Mono;

/// routing-service as a process, on a database.
record SqlProcess(ConfigurableApplicationContext context) implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  @SuiteProcess
  @Import(RoutingConfiguration.class)
  static class Application {}

  static SqlProcess start(TestDatabase database, Path data, String... settings) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.username(),
                "--spring.datasource.password=" + database.password(),
                "--gatepost.data-dir=" + data,
                "--gatepost.edge.hostname=mx.example.test",
                "--gatepost.routing.local-domains=local.test"));
    for (String setting : settings) {
      arguments.add("--" + setting);
    }
    return new SqlProcess(
        new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.NONE)
            .properties("spring.main.banner-mode=off")
            .run(arguments.toArray(String[]::new)));
  }

  Mono<RouteAnswer> ask(String address) {
    return ask("", address);
  }

  Mono<RouteAnswer> ask(String sender, String address) {
    return context
        .getBean(Routing.class)
        .route(
            new RouteRequest(
                ReversePath.of(sender), ForwardPath.of(address), RouteRequest.Scope.HOSTED));
  }

  /// Routing's answer about an address, to a stranger, in short: where it goes, or the reply.
  String route(String address) {
    return words(ask(address).block(PATIENCE));
  }

  static String words(RouteAnswer answer) {
    return switch (answer) {
      case RouteAnswer.Resolved resolved ->
          String.join(", ", resolved.legs().stream().map(leg -> leg.destination().name()).toList());
      case RouteAnswer.Refused refused -> refused.reply().toString();
      case RouteAnswer.TryLater later -> later.reply().toString();
    };
  }

  RoutingOperator operator() {
    return context.getBean("routingOperator", RoutingOperator.class);
  }

  JdbcTemplate jdbc() {
    return context.getBean(JdbcTemplate.class);
  }

  @Override
  public void close() {
    context.close();
  }
}
