package io.gatepost.verification;

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
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/// Answers probes as it is told to, and refuses addresses that are made up.
public final class FakeDelivery implements Delivery {

  public static final NextHop HOP = new NextHop("mx1.dept.example.org", "192.0.2.25", 25);

  private static final String MADE_UP = "gatepost-";

  /// Answers every probe but those of [#madeUp].
  public volatile Function<ProbeRequest, Mono<ProbeAnswer>> answers = request -> Mono.never();

  /// Answers probes of addresses that nobody has.
  public volatile Function<ProbeRequest, Mono<ProbeAnswer>> madeUp =
      request -> rcpt("550 5.1.1 unknown");

  /// Questions that were asked, made-up addresses left out.
  public final List<ProbeRequest> asked = new CopyOnWriteArrayList<>();

  public final List<ProbeRequest> askedMadeUp = new CopyOnWriteArrayList<>();

  /// The answer to RCPT.
  public static Mono<ProbeAnswer> rcpt(String reply) {
    return Mono.just(new ProbeAnswer.OfRecipient(HOP, Reply.parse(reply)));
  }

  @Override
  public Mono<List<DestinationState>> destinations() {
    return Mono.just(List.of());
  }

  @Override
  public Mono<ProbeAnswer> probe(ProbeRequest request) {
    if (request.recipient().localPart().text().startsWith(MADE_UP)) {
      askedMadeUp.add(request);
      return madeUp.apply(request);
    }
    asked.add(request);
    return answers.apply(request);
  }

  @Override
  public Mono<LateScansState> lateScans() {
    return Mono.just(LateScansState.NONE);
  }

  @Override
  public Mono<EarlyResult> deliverNow(EnvelopeRecord message, EarlyTerms terms) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Mono<EarlyResult> withdraw(QueueId id) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Mono<FilterAnswer> filter(EnvelopeRecord message, FilterTerms terms) {
    throw new AssertionError("not asked for");
  }
}
