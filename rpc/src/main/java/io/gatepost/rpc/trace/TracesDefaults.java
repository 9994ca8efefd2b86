package io.gatepost.rpc.trace;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/// Defaults of Spring's own settings, weaker than all others: with traces, log lines that belong to
/// one begin with its id. Without them no place is kept for it, as Boot would as soon as its
/// starter is on the class path. A collector that does not answer keeps no process from its end for
/// long.
final class TracesDefaults implements EnvironmentPostProcessor, Ordered {

  private static final String PATTERN = "logging.pattern.correlation";

  private static final Map<String, Object> ON =
      Map.of(
          PATTERN,
          "%replace(trace=%X{traceId} ){'^trace= $', ''}",
          "management.opentelemetry.tracing.export.otlp.timeout",
          "3s");

  private static final Map<String, Object> OFF = Map.of(PATTERN, "");

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    environment
        .getPropertySources()
        .addLast(new MapPropertySource("traces", TracesSetting.isOn(environment) ? ON : OFF));
  }

  /// After those that read files and variables.
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
