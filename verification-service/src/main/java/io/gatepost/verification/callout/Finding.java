package io.gatepost.verification.callout;

import io.gatepost.contract.verification.RecipientVerdict;

/// A verdict on a question, and what it rests on.
public record Finding(RecipientVerdict verdict, Evidence evidence) {

  /// Grounds of a verdict.
  public sealed interface Evidence {
    /// The host's answer to RCPT.
    record OfAnswer(AnswerKey key, Answer answer) implements Evidence {}

    /// The host's refusal of something else.
    record OfHost(HostKey key, HostRefusal refusal) implements Evidence {}

    /// No host could be asked.
    record Unasked() implements Evidence {}
  }

  /// Whether the address is accepted.
  public boolean accepts() {
    return switch (verdict) {
      case RecipientVerdict.Good _, RecipientVerdict.Unproven _ -> true;
      case RecipientVerdict.Bad _, RecipientVerdict.Unknown _ -> false;
    };
  }

  /// Whether another sender might hear something else: a null reverse-path is refused by lists and
  /// by hosts that sign their own (BATV), and neither says that the address is bad.
  boolean mayDependOnSender() {
    return switch (evidence) {
      case Evidence.OfAnswer(var _, var answer) ->
          answer.kind() == Answer.Kind.REFUSED && !answer.isOfAddress();
      case Evidence.OfHost(var _, var refusal) -> refusal.isOfSender();
      case Evidence.Unasked _ -> false;
    };
  }
}
