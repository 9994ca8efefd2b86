package io.gatepost.dns;

import io.gatepost.gate.Gate;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The DNS for the services of a process, which share its cache and its gate.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DnsProperties.class)
public class DnsConfiguration {

  @Bean
  Gate dnsGate(MeterRegistry meters) {
    Gate gate = NameServers.gate();
    Gauge.builder("gatepost.dns.running", gate, Gate::running).register(meters);
    return gate;
  }

  @Bean
  NameServers nameServers(DnsProperties properties, @Qualifier("dnsGate") Gate dnsGate) {
    return new NameServers(properties.addresses(), dnsGate);
  }
}
