package io.gatepost.contract.verification;

import io.gatepost.contract.routing.RouteRequest;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;

/// Is this address good, and is this client who it says? Answered by verification-service, which
/// asks routing and writes nothing to disk (requirement D12).
@HttpExchange(accept = "application/json", contentType = "application/json")
public interface Verification {

  /// Verifies one recipient for one sender.
  @PostExchange("/gatepost.verification.v1.Verification/VerifyRecipient")
  Mono<RecipientVerdict> verifyRecipient(@RequestBody RouteRequest request);

  /// Verifies who a client is. Guessing is throttled by address and by user.
  @PostExchange("/gatepost.verification.v1.Verification/VerifyCredentials")
  Mono<CredentialVerdict> verifyCredentials(@RequestBody CredentialQuestion question);

  /// What a client needs to prove its password by SCRAM-SHA-256.
  @PostExchange("/gatepost.verification.v1.Verification/ScramParameters")
  Mono<ScramParameters> scramParameters(@RequestBody ScramUser user);
}
