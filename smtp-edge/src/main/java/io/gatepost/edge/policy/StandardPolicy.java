package io.gatepost.edge.policy;

import io.gatepost.contract.rpc.Known;
import java.util.List;
import reactor.core.publisher.Mono;

/// The order of the gate's checks. Order is policy, so it is text: the first verdict other than
/// [Verdict.Pass] wins, cheapest first (requirement B8).
///
/// Not in the lists: the greet pause comes after `atConnect` and before the greeting, in the
/// session; the protocol's own rules (a 5xx by the session machine, authentication on submission)
/// come before every list; hops and the length of lines are counted in the content, after `atRcpt`
/// and before the scanner.
public final class StandardPolicy {

  private final ConnectionLimit connectionLimit;
  private final List<Check<ConnectingClient>> atConnect;
  private final List<Check<HeloQuestion>> atHelo;
  private final List<Check<SenderQuestion>> atMail;
  private final List<Check<RecipientQuestion>> atRcpt;

  public StandardPolicy(
      ConnectionLimit connectionLimit,
      HeloSyntax heloSyntax,
      HeloSignature heloSignature,
      MessageRate messageRate,
      SenderOwned senderOwned,
      SenderReachable senderReachable,
      RecipientLimit recipientLimit,
      RecipientVerified recipientVerified) {
    this.connectionLimit = connectionLimit;
    // DNS lists are asked from here on, and judged at RCPT.
    this.atConnect = List.of(connectionLimit);
    this.atHelo = List.of(heloSyntax, heloSignature);
    // SPF stands before the stranger's sender is asked about.
    this.atMail = List.of(messageRate, senderOwned, senderReachable);
    // DNS lists are judged behind the limit; relay control is part of the verification. DKIM and
    // DMARC are about content, and stand before the scanner.
    this.atRcpt = List.of(recipientLimit, recipientVerified);
  }

  /// Whether a client may connect. One that may counts until [#left].
  public Mono<Verdict> atConnect(ConnectingClient connecting) {
    return first(atConnect, 0, connecting);
  }

  /// A connection that [#atConnect] has let pass is closed.
  public void left(ConnectingClient connecting) {
    connectionLimit.left(connecting);
  }

  /// Whether a client may call itself so.
  public Mono<Verdict> atHelo(HeloQuestion question) {
    return first(atHelo, 0, question);
  }

  /// Whether a message of this sender may begin.
  public Mono<Verdict> atMail(SenderQuestion question) {
    return first(atMail, 0, question);
  }

  /// Whether a recipient may be accepted.
  public Mono<Verdict> atRcpt(RecipientQuestion question) {
    return first(atRcpt, 0, question);
  }

  private static <Q> Mono<Verdict> first(List<Check<Q>> checks, int from, Q question) {
    for (int index = from; index < checks.size(); index++) {
      Mono<Verdict> verdict = checks.get(index).on(question);
      if (index == checks.size() - 1) {
        return verdict;
      }
      Verdict known = Known.value(verdict);
      if (known instanceof Verdict.Refuse) {
        return verdict;
      }
      if (known != null) {
        continue;
      }
      int next = index + 1;
      return verdict.flatMap(said ->
          switch (said) {
            case Verdict.Pass _ -> first(checks, next, question);
            case Verdict.Refuse refuse -> Mono.just(refuse);
          });
    }
    return Verdict.PASS_NOW;
  }
}
