package io.gatepost.edge;

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
import io.gatepost.edge.intake.EarlyHandover;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/// A delivery-service that answers as a test wants it.
public final class FakeDelivery implements Delivery {

  /// Answers every attempt.
  public volatile Function<EnvelopeRecord, Mono<EarlyResult>> attempts =
      message -> Mono.error(new AssertionError("no attempt expected"));

  /// Answers every withdrawal.
  public volatile Function<QueueId, Mono<EarlyResult>> withdrawals =
      id -> Mono.error(new AssertionError("no withdrawal expected"));

  /// Messages that were to be attempted.
  public final List<EnvelopeRecord> attempted = new CopyOnWriteArrayList<>();

  /// On which terms.
  public final List<EarlyTerms> terms = new CopyOnWriteArrayList<>();

  /// Answers for the filter.
  public volatile Function<EnvelopeRecord, Mono<FilterAnswer>> filtering =
      message -> Mono.error(new AssertionError("no filter expected"));

  /// Messages that were to be shown to the filter.
  public final List<EnvelopeRecord> shown = new CopyOnWriteArrayList<>();

  /// Messages that were to be withdrawn.
  public final List<QueueId> withdrawn = new CopyOnWriteArrayList<>();

  /// The handover where nothing is delivered early.
  public static EarlyHandover off() {
    return new EarlyHandover(
        new FakeDelivery(), EarlyHandover.Terms.OFF, new SimpleMeterRegistry());
  }

  @Override
  public Mono<EarlyResult> deliverNow(EnvelopeRecord message, EarlyTerms wanted) {
    return Mono.defer(() -> {
      attempted.add(message);
      terms.add(wanted);
      return attempts.apply(message);
    });
  }

  @Override
  public Mono<EarlyResult> withdraw(QueueId id) {
    return Mono.defer(() -> {
      withdrawn.add(id);
      return withdrawals.apply(id);
    });
  }

  @Override
  public Mono<FilterAnswer> filter(EnvelopeRecord message, FilterTerms terms) {
    return Mono.defer(() -> {
      shown.add(message);
      return filtering.apply(message);
    });
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
