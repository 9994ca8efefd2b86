package io.gatepost.contract.verification;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.routing.RouteRequest;
import java.util.List;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;

/// Verification as an operator sees and corrects it. Answered by verification-service.
@HttpExchange(accept = "application/json", contentType = "application/json")
public interface VerificationOperator {

  /// Verifies one recipient and tells where the verdict came from. A next hop that is not in the
  /// cache is asked.
  @PostExchange("/gatepost.verification.v1.Operator/Explain")
  Mono<VerdictExplanation> explain(@RequestBody RouteRequest request);

  /// Returns those of the domains whose next hop is known to accept every address at RCPT
  /// (requirement D15). Asks no next hop.
  @PostExchange("/gatepost.verification.v1.Operator/AcceptingAll")
  Mono<List<ServedDomain>> acceptingAll(@RequestBody List<ServedDomain> asked);

  /// A domain at a next hop.
  ///
  /// @param destination its name
  /// @param domain as the next hop is given it
  record ServedDomain(String destination, DomainName domain) {}

  /// Forgets what next hops have said of an address, or of every address of a domain, whether a
  /// client names it, routing comes to it or a next hop is given it: the next question about it is
  /// asked again, also after a restart. Fails with `INVALID_ARGUMENT` where it is neither.
  ///
  /// @param what an address or a domain
  @PostExchange("/gatepost.verification.v1.Operator/Forget")
  Mono<Forgotten> forget(@RequestParam("what") String what);

  /// Answers that were forgotten.
  ///
  /// @param answers of next hops that were kept under it in memory
  /// @param durable false where the database did not answer: a restart before it does may bring
  ///   answers back
  record Forgotten(int answers, boolean durable) {}
}
