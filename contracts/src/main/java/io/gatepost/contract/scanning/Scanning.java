package io.gatepost.contract.scanning;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Is this content good? Asked between end of data and the reply (requirement E1). Answered by
/// scanner-gateway.
@HttpExchange(accept = "application/json")
public interface Scanning {

  /// Scans one message.
  ///
  /// @param queueId for the log, as text
  /// @param content the octets in wire form (dots doubled), read once, at full speed
  @PostExchange(
      url = "/gatepost.scanning.v1.Scanning/Scan",
      contentType = "application/octet-stream")
  Mono<ScanVerdict> scan(
      @RequestHeader("gatepost-queue-id") String queueId, @RequestBody Flux<DataBuffer> content);
}
