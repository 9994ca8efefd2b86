package io.gatepost.rpc.process;

import io.gatepost.gate.ScarceResource;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Operator's view of the scarce resources that are beans of this process.
@Configuration(proxyBeanMethods = false)
public class GatesConfiguration {

  @Bean
  GatesEndpoint gatesEndpoint(
      ObjectProvider<ScarceResource> gates, ObjectProvider<ScarceResources> groups) {
    return new GatesEndpoint(all(gates, groups));
  }

  @Bean
  MeterBinder gateMeters(
      ObjectProvider<ScarceResource> gates, ObjectProvider<ScarceResources> groups) {
    return new GateMeters(all(gates, groups));
  }

  private static Stream<ScarceResource> all(
      ObjectProvider<ScarceResource> gates, ObjectProvider<ScarceResources> groups) {
    return Stream.concat(gates.stream(), groups.stream().flatMap(ScarceResources::all));
  }
}
