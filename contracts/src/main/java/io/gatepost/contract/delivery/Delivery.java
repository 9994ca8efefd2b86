package io.gatepost.contract.delivery;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Queue;
import java.util.List;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;

/// Calls to the delivery side: states of its destinations, and questions to them. Answered by
/// delivery-service.
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

  /// Attempts to deliver a message while its client waits (requirements F1 to F4): the same attempt
  /// as the queue's. The message is nobody's meanwhile. Answers within the budget, whatever the
  /// next hops do. Where the call fails with `UNAVAILABLE`, no attempt was made; after `UNKNOWN`,
  /// `DEADLINE_EXCEEDED` and `INTERNAL` one may be under way, and joins the message's record if it
  /// is put on the log.
  ///
  /// @param message as it would be queued, generation 0; stored content is not synced, and is to
  ///   stay until the answer has come
  @PostExchange(
      url = "/gatepost.delivery.v1.Delivery/DeliverNow",
      contentType = Queue.FRAMES,
      accept = Queue.FRAMES)
  Mono<EarlyResult> deliverNow(
      @RequestBody EnvelopeRecord message, @RequestHeader(EarlyTerms.HEADER) EarlyTerms terms);

  /// Ends the attempt of a message that will not be put on the log: its client has gone, or the log
  /// cannot be written. It is broken off where no next hop can have taken the message; else its end
  /// is awaited. The answer is never [EarlyResult.GoesOn]; the attempt's own call, where it has not
  /// been answered, gets the same. Repeatable: of an attempt that ended a short time ago it is what
  /// that came to; any other is `UNKNOWN`.
  @PostExchange(url = "/gatepost.delivery.v1.Delivery/Withdraw", accept = Queue.FRAMES)
  Mono<EarlyResult> withdraw(@RequestParam("id") QueueId id);

  /// Shows a message to a filter that gives back another by SMTP (requirements A9, E19): by the
  /// client of deliveries, for all recipients or none. Answers within the budget, whatever the
  /// filter does. A call that is broken off breaks the filter's transaction off, where it has not
  /// come to its end.
  ///
  /// @param message whose header edits are made for the filter
  @PostExchange(
      url = "/gatepost.delivery.v1.Delivery/Filter",
      contentType = Queue.FRAMES,
      accept = "application/json")
  Mono<FilterAnswer> filter(
      @RequestBody EnvelopeRecord message, @RequestHeader(FilterTerms.HEADER) FilterTerms terms);
}
