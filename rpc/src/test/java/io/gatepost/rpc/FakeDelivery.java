package io.gatepost.rpc;

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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/// Answers attempts as it is told to, and remembers of what it was asked.
@RestController
final class FakeDelivery implements Delivery {

  final Queue<EnvelopeRecord> attempted = new ConcurrentLinkedQueue<>();
  final Queue<EarlyTerms> terms = new ConcurrentLinkedQueue<>();
  final Queue<QueueId> withdrawn = new ConcurrentLinkedQueue<>();
  final AtomicReference<Mono<EarlyResult>> answer = new AtomicReference<>(Mono.never());

  @Override
  public Mono<EarlyResult> deliverNow(EnvelopeRecord message, EarlyTerms wanted) {
    attempted.add(message);
    terms.add(wanted);
    return Mono.defer(answer::get);
  }

  @Override
  public Mono<EarlyResult> withdraw(QueueId id) {
    withdrawn.add(id);
    return Mono.defer(answer::get);
  }

  @Override
  public Mono<FilterAnswer> filter(EnvelopeRecord message, FilterTerms terms) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Mono<List<DestinationState>> destinations() {
    return Mono.just(List.of());
  }

  @Override
  public Mono<ProbeAnswer> probe(ProbeRequest request) {
    return Mono.error(new AssertionError("no probe expected"));
  }

  @Override
  public Mono<LateScansState> lateScans() {
    return Mono.just(LateScansState.NONE);
  }
}
