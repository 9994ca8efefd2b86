package io.gatepost.rpc.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/// Keeps Spring Boot's tracing out of a process without a collector. With its starter on the class
/// path Boot would make spans, and a thread that exports them, where nobody is named to get them.
final class TracesFilter implements AutoConfigurationImportFilter, EnvironmentAware {

  private static final List<String> PACKAGES =
      List.of(
          "org.springframework.boot.micrometer.tracing.",
          "org.springframework.boot.opentelemetry.");

  private boolean isOn;

  @Override
  public void setEnvironment(Environment environment) {
    isOn = TracesSetting.isOn(environment);
  }

  @Override
  public boolean[] match(
      @Nullable String[] classes, AutoConfigurationMetadata autoConfigurationMetadata) {
    boolean[] match = new boolean[classes.length];
    for (int i = 0; i < classes.length; i++) {
      match[i] = isOn || !isTracing(classes[i]);
    }
    return match;
  }

  private static boolean isTracing(@Nullable String name) {
    return name != null && PACKAGES.stream().anyMatch(name::startsWith);
  }
}
