package io.gatepost.delivery;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.rpc.RpcServerConfiguration;
import io.gatepost.delivery.http.DeliveryController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The Delivery port over HTTP.
@Configuration(proxyBeanMethods = false)
@Import(RpcServerConfiguration.class)
public class DeliveryHttpConfiguration {

  @Bean(autowireCandidate = false)
  DeliveryController deliveryController(Delivery delivery) {
    return new DeliveryController(delivery);
  }
}
