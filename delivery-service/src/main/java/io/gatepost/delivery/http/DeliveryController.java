package io.gatepost.delivery.http;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.delivery.LateScansState;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeRequest;
import java.util.List;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/// Answers the Delivery port over HTTP.
@RestController
public final class DeliveryController implements Delivery {

  private final Delivery delivery;

  public DeliveryController(Delivery delivery) {
    this.delivery = delivery;
  }

  @Override
  public Mono<List<DestinationState>> destinations() {
    return delivery.destinations();
  }

  @Override
  public Mono<ProbeAnswer> probe(ProbeRequest request) {
    return delivery.probe(request);
  }

  @Override
  public Mono<LateScansState> lateScans() {
    return delivery.lateScans();
  }
}
