package io.gatepost.contract.delivery;

import java.util.List;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;

/// What the delivery side tells of its destinations, and asks them. Answered by delivery-service.
@HttpExchange(accept = "application/json")
public interface Delivery {

  /// The destinations in use, busiest first, at most 1000.
  @GetExchange("/gatepost.delivery.v1.Delivery/Destinations")
  Mono<List<DestinationState>> destinations();

  /// Asks a next hop about one recipient by MAIL, RCPT and RSET, over the connections and within
  /// the limits of deliveries (requirements D4, D11). Goes on where the caller has gone.
  @PostExchange(value = "/gatepost.delivery.v1.Delivery/Probe", contentType = "application/json")
  Mono<ProbeAnswer> probe(@RequestBody ProbeRequest request);

  /// How many messages owe a scan: what is accepted unscanned is bounded by that (requirement E20).
  @GetExchange("/gatepost.delivery.v1.Delivery/LateScans")
  Mono<LateScansState> lateScans();
}
