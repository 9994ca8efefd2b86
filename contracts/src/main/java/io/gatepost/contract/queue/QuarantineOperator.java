package io.gatepost.contract.queue;

import io.gatepost.contract.envelope.QueueId;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The quarantine as an operator sees and changes it (requirement B16). Answered by queue-service,
/// whether putting aside is switched on or not: what is there can be released or deleted. Fails
/// with `UNAVAILABLE` where the database does not answer, and with `DEADLINE_EXCEEDED` where it
/// takes longer than 10 s.
@HttpExchange(accept = "application/json")
public interface QuarantineOperator {

  /// How full it is.
  @GetExchange("/gatepost.queue.v1.Quarantine/Stats")
  Mono<QuarantineStats> stats();

  /// One page of the messages that meet some conditions, in the order in which they came in.
  @PostExchange("/gatepost.queue.v1.Quarantine/List")
  Mono<QuarantinePage> list(@RequestBody QuarantineSearch search);

  /// One message; `NOT_FOUND` where it is not there.
  @GetExchange("/gatepost.queue.v1.Quarantine/Show")
  Mono<QuarantineDetail> show(@RequestParam("id") QueueId id);

  /// The content of one message as it came in, as plain RFC 5322: dots undone, header not edited.
  /// `NOT_FOUND` where the message is not there.
  @GetExchange(url = "/gatepost.queue.v1.Quarantine/Content", accept = "application/octet-stream")
  Flux<DataBuffer> content(@RequestParam("id") QueueId id);

  /// Puts a message on the log, for all its recipients, without another scan. When it returns, that
  /// is durable and the message is not in the quarantine any more; each release comes to one
  /// message on the log, however often it is called or broken off. `NOT_FOUND` where it is not
  /// there. After `UNAVAILABLE` the message may be [QuarantinedMessage.State#RELEASING], and is
  /// then released as soon as the log and the database can be written.
  @PostExchange("/gatepost.queue.v1.Quarantine/Release")
  Mono<Void> release(@RequestParam("id") QueueId id);

  /// Deletes a message: nobody gets it, and nobody is told. `NOT_FOUND` where it is not there or is
  /// being released.
  @PostExchange("/gatepost.queue.v1.Quarantine/Delete")
  Mono<Void> delete(@RequestParam("id") QueueId id);

  /// Deletes the first messages that meet some conditions, at most the limit of the search. Those
  /// that are being released stay.
  @PostExchange("/gatepost.queue.v1.Quarantine/DeleteMatching")
  Mono<QuarantineDeleted> deleteMatching(@RequestBody QuarantineSearch search);
}
