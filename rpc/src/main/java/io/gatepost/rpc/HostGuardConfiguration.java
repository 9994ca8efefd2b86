package io.gatepost.rpc;

import io.gatepost.rpc.process.SuiteSettings;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/// Keeps web pages away from a process's HTTP port. Every process imports it: those that answer a
/// port by [RpcServerConfiguration], the others themselves.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RpcProperties.class)
public class HostGuardConfiguration {

  @Bean
  HostGuard hostGuard(RpcProperties properties, Environment environment) {
    return new HostGuard(properties, SuiteSettings.of(environment).hostname());
  }
}
