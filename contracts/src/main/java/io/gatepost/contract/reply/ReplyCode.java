package io.gatepost.contract.reply;

/// A reply code of three digits, 200 to 599 (RFC 5321 §4.2.1).
public record ReplyCode(int value) {

  public ReplyCode {
    if (value < 200 || value > 599) {
      throw new IllegalArgumentException("reply code: " + value + " (expected: 200 to 599)");
    }
  }

  /// 2xx: what was asked for is done.
  public boolean isCompletion() {
    return value < 300;
  }

  /// 2xx or 3xx.
  public boolean isPositive() {
    return value < 400;
  }

  /// 5xx: the client must not try again.
  public boolean isPermanent() {
    return value >= 500;
  }
}
