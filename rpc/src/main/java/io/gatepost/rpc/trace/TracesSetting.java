package io.gatepost.rpc.trace;

import org.springframework.core.env.Environment;

/// Whether traces are kept: Spring's own settings say it. They are where a collector is named, and
/// none of Spring's switches is off.
final class TracesSetting {

  private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";
  private static final String SDK = "management.opentelemetry.enabled";
  private static final String EXPORT = "management.tracing.export.enabled";

  /// Goes before the one for all exporters.
  private static final String EXPORT_OTLP = "management.tracing.export.otlp.enabled";

  private TracesSetting() {}

  static boolean isOn(Environment environment) {
    return !environment.getProperty(ENDPOINT, "").isBlank()
        && environment.getProperty(SDK, Boolean.class, true)
        && environment.getProperty(
            EXPORT_OTLP, Boolean.class, environment.getProperty(EXPORT, Boolean.class, true));
  }
}
