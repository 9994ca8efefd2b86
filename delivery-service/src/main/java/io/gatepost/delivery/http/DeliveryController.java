package io.gatepost.delivery.http;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.delivery.FilterAnswer;
import io.gatepost.contract.delivery.FilterTerms;
import io.gatepost.contract.delivery.LateScansState;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
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

  @Override
  public Mono<EarlyResult> deliverNow(EnvelopeRecord message, EarlyTerms terms) {
    return delivery.deliverNow(message, terms);
  }

  @Override
  public Mono<EarlyResult> withdraw(QueueId id) {
    return delivery.withdraw(id);
  }

  @Override
  public Mono<FilterAnswer> filter(EnvelopeRecord message, FilterTerms terms) {
    return delivery.filter(message, terms);
  }
}
