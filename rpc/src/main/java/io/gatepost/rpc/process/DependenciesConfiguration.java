package io.gatepost.rpc.process;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The things that a process depends on: the services that it calls as an entry of its health, and
/// the members of the health group `dependencies` as meters. Which members that group has is a
/// setting of Spring's; readiness has none of them, as an edge without routing still answers `451`.
@Configuration(proxyBeanMethods = false)
public class DependenciesConfiguration {

  private static final String GROUP = "dependencies";
  private static final Duration PAUSE = Duration.ofSeconds(10);

  @Bean
  HealthIndicator servicesHealthIndicator(ObjectProvider<CircuitBreakerRegistry> breakers) {
    return new ServicesHealth(breakers.getIfAvailable(CircuitBreakerRegistry::ofDefaults));
  }

  /// A process without HTTP has no such group, and no meters of it.
  @Bean
  DependencyMeters dependencyMeters(
      ObjectProvider<HealthEndpoint> endpoint,
      ObjectProvider<HealthEndpointGroups> groups,
      ObjectProvider<HealthContributorRegistry> contributors,
      ObjectProvider<MeterRegistry> meters) {
    HealthEndpoint health = endpoint.getIfAvailable();
    HealthContributorRegistry all = contributors.getIfAvailable();
    HealthEndpointGroups known = groups.getIfAvailable();
    HealthEndpointGroup group = known == null ? null : known.get(GROUP);
    MeterRegistry registry = meters.getIfAvailable(SimpleMeterRegistry::new);
    if (health == null || all == null || group == null) {
      return new DependencyMeters(member -> Status.UNKNOWN, List.of(), registry);
    }
    List<String> members =
        all.stream().map(HealthContributors.Entry::name).filter(group::isMember).toList();
    return new DependencyMeters(member -> status(health, member), members, registry);
  }

  private static Status status(HealthEndpoint health, String member) {
    HealthDescriptor told = health.healthForPath(GROUP, member);
    return told == null ? Status.UNKNOWN : told.getStatus();
  }

  @Bean
  ApplicationListener<ApplicationReadyEvent> dependencyTimer(DependencyMeters dependencies) {
    return ready -> dependencies.start(PAUSE);
  }
}
