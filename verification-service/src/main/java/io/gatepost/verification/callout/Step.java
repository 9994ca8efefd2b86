package io.gatepost.verification.callout;

/// Next step of a question.
public sealed interface Step {

  /// Nothing: what is known decides it.
  record Decided(Finding finding) implements Step {}

  /// The next hop has to be asked this.
  record Ask(AnswerKey key) implements Step {}
}
