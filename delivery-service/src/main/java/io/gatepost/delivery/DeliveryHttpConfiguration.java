package io.gatepost.delivery;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.delivery.http.DeliveryController;
import io.gatepost.rpc.RpcServerConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// The Delivery port over HTTP: in the suite's one process as well, as operators come from outside.
@Configuration(proxyBeanMethods = false)
@Import(RpcServerConfiguration.class)
public class DeliveryHttpConfiguration {

  @Bean(autowireCandidate = false)
  DeliveryController deliveryController(Delivery delivery) {
    return new DeliveryController(delivery);
  }
}
