package io.gatepost.rpc.process;

import io.gatepost.gate.ScarceResource;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What operators see of the scarce resources that are beans of this process.
@Configuration(proxyBeanMethods = false)
public class GatesConfiguration {

  @Bean
  GatesEndpoint gatesEndpoint(ObjectProvider<ScarceResource> gates) {
    return new GatesEndpoint(gates.stream());
  }

  @Bean
  MeterBinder gateMeters(ObjectProvider<ScarceResource> gates) {
    return new GateMeters(gates.stream());
  }
}
