package io.gatepost.verification.callout;

/// What is to be done about a question.
public sealed interface Step {

  /// Nothing: what is known decides it.
  record Decided(Finding finding) implements Step {}

  /// The next hop has to be asked this.
  record Ask(AnswerKey key) implements Step {}
}
