package io.gatepost.routing;

import io.gatepost.gate.ScarceResource;
import io.gatepost.routing.script.Scripts;
import io.gatepost.routing.script.SieveFilter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;

/// The users' scripts, where their directory is set.
@Configuration(proxyBeanMethods = false)
@Conditional(SieveConfiguration.HasDirectory.class)
class SieveConfiguration {

  /// A blank value is none, as in [RoutingProperties].
  static final class HasDirectory implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return !context
          .getEnvironment()
          .getProperty("gatepost.routing.sieve-directory", "")
          .isBlank();
    }
  }

  @Bean
  SieveFilter sieveFilter(RoutingProperties properties, MeterRegistry meters) {
    return new SieveFilter(new Scripts(properties.sieveFiles().orElseThrow()), meters);
  }

  @Bean
  ScarceResource scriptLooks(@Qualifier("sieveFilter") SieveFilter filter) {
    return filter.looks();
  }
}
