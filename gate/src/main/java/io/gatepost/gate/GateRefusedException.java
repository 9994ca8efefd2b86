package io.gatepost.gate;

/// A call was refused and its work has not begun. Callers answer "later" (4xx), never a permanent
/// error: the resource is busy, and nothing is wrong with the question.
public final class GateRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  GateRefusedException(String gate, Refusal refusal) {
    super(
        switch (refusal) {
          case NO_PLACE -> "gate " + gate + ": every slot is taken and no place is left to wait";
          case TOO_LATE -> "gate " + gate + ": no slot came free in time";
        },
        null,
        false,
        false); // without a stack trace: refusals come in floods
    this.refusal = refusal;
  }

  /// Why it was refused.
  public Refusal refusal() {
    return refusal;
  }
}
