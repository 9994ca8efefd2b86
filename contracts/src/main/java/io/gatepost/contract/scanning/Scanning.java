package io.gatepost.contract.scanning;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Is this content good? Asked between end of data and the reply (requirement E1). Answered by
/// scanner-gateway.
@HttpExchange(accept = "application/json")
public interface Scanning {

  /// Has one message scanned: a delivery that is made only for its verdict (requirement E18).
  /// Content that is not in the record is read from the content store, where it lies by the
  /// envelope's reference. What scanners cannot do is told in the report, by the plan of the
  /// settings; the call fails with `NOT_FOUND` or `UNAVAILABLE` where the content cannot be read.
  ///
  /// @param message as it would be queued: the scanners are told of its client and its addresses
  @PostExchange(url = "/gatepost.scanning.v1.Scanning/Scan", contentType = Queue.FRAMES)
  Mono<ScanReport> scan(
      @RequestBody EnvelopeRecord message, @RequestHeader(ScanTerms.HEADER) ScanTerms terms);

  /// Gives the content of a [ScanDecision.AcceptChanged], once: plain RFC 5322, at the reader's
  /// speed. Fails with `NOT_FOUND` where there is none of that token, or none any more; this
  /// implementation is that of scanners that change nothing.
  @GetExchange(
      url = "/gatepost.scanning.v1.Scanning/Replacement",
      accept = "application/octet-stream")
  default Flux<DataBuffer> replacement(@RequestParam("token") String token) {
    return Flux.error(new RpcException(RpcStatus.NOT_FOUND, "no such replacement"));
  }
}
