package io.gatepost.contract.verification;

import io.gatepost.contract.routing.RouteRequest;
import java.util.List;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;

/// Is this address good, and is this client who it says? Answered by verification-service, which
/// asks routing and writes no verdict to disk (requirement D12).
@HttpExchange(accept = "application/json", contentType = "application/json")
public interface Verification {

  /// Answers in one batch at most.
  int MAX_HEARD = 500;

  /// Verifies one recipient for one sender.
  @PostExchange("/gatepost.verification.v1.Verification/VerifyRecipient")
  Mono<RecipientVerdict> verifyRecipient(@RequestBody RouteRequest request);

  /// Verifies that a user may use a sender: an address of the user's own, or one that a table
  /// permits (RFC 6409 §6.1).
  @PostExchange("/gatepost.verification.v1.Verification/VerifySender")
  Mono<SenderVerdict> verifySender(@RequestBody SenderRequest request);

  /// Verifies that mail can be sent back to a stranger's sender address (requirement B7).
  @PostExchange("/gatepost.verification.v1.Verification/VerifyReversePath")
  Mono<ReversePathVerdict> verifyReversePath(@RequestBody ReversePathRequest request);

  /// Verifies who a client is. Guessing is throttled by address and by user.
  @PostExchange("/gatepost.verification.v1.Verification/VerifyCredentials")
  Mono<CredentialVerdict> verifyCredentials(@RequestBody CredentialQuestion question);

  /// Returns the parameters by which a client proves its password in SCRAM-SHA-256.
  @PostExchange("/gatepost.verification.v1.Verification/ScramParameters")
  Mono<ScramParameters> scramParameters(@RequestBody ScramUser user);

  /// Learns what deliveries hear at RCPT. Best effort: a batch that is lost costs a question later,
  /// so nothing is retried.
  ///
  /// @param heard at most [#MAX_HEARD], oldest first
  @PostExchange("/gatepost.verification.v1.Verification/Heard")
  Mono<Void> heard(@RequestBody List<HeardRecipient> heard);
}
