package io.gatepost.rpc.trace;

import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/// The traces of a process: on where a collector is named.
@Configuration(proxyBeanMethods = false)
public class TracesConfiguration {

  /// In a registry of their own, so that they make spans and no meters.
  @Bean
  Traces traces(Environment environment, ObjectProvider<TracingObservationHandler<?>> handlers) {
    if (!TracesSetting.isOn(environment)) {
      return Traces.OFF;
    }
    List<? extends ObservationHandler<?>> all = handlers.orderedStream().toList();
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(
            new ObservationHandler.FirstMatchingCompositeObservationHandler(List.copyOf(all)));
    return Traces.of(observations);
  }

  /// The parts that a process without traces has no use for.
  @Configuration(proxyBeanMethods = false)
  @Conditional(AreOn.class)
  static class Kept {

    /// Around the one that the settings ask for.
    @Bean
    static BeanPostProcessor sampledWhereAsked() {
      return new BeanPostProcessor() {
        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
          return bean instanceof Sampler others ? new AskedSampler(others) : bean;
        }
      };
    }

    /// Probes and scrapes would be most of what is exported.
    @Bean
    SpanExportingPredicate withoutActuator() {
      return span -> !String.valueOf(span.getName()).startsWith("http get /actuator");
    }
  }

  static final class AreOn implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return TracesSetting.isOn(context.getEnvironment());
    }
  }
}
