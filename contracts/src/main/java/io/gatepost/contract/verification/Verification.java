package io.gatepost.contract.verification;

import io.gatepost.contract.routing.RouteRequest;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;

/// Is this address good? Answered by verification-service, which asks routing and writes nothing to
/// disk (requirement D12).
@HttpExchange(accept = "application/json", contentType = "application/json")
public interface Verification {

  /// Verifies one recipient for one sender.
  @PostExchange("/gatepost.verification.v1.Verification/VerifyRecipient")
  Mono<RecipientVerdict> verifyRecipient(@RequestBody RouteRequest request);
}
