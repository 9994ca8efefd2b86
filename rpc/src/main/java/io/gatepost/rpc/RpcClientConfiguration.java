package io.gatepost.rpc;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;

/// The clients of a process that calls ports in other processes: [RpcClients], with breakers that
/// `resilience4j.*` configures.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RpcProperties.class)
@PropertySource("classpath:io/gatepost/rpc/breakers.properties")
public class RpcClientConfiguration {

  @Bean
  RpcClients rpcClients(
      RpcProperties properties,
      CircuitBreakerRegistry circuitBreakers,
      TimeLimiterRegistry timeLimiters,
      ObjectProvider<MeterRegistry> meters,
      ObjectProvider<ObservationRegistry> observations) {
    return new RpcClients(
        properties,
        new Breakers(circuitBreakers, timeLimiters),
        new SystemLookup(),
        meters.getIfAvailable(SimpleMeterRegistry::new),
        observations.getIfAvailable(() -> ObservationRegistry.NOOP));
  }
}
