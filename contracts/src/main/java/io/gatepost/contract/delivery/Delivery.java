package io.gatepost.contract.delivery;

import java.util.List;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import reactor.core.publisher.Mono;

/// What the delivery side tells of its destinations. Answered by delivery-service.
@HttpExchange(accept = "application/json")
public interface Delivery {

  /// The destinations in use, busiest first, at most 1000.
  @GetExchange("/gatepost.delivery.v1.Delivery/Destinations")
  Mono<List<DestinationState>> destinations();
}
