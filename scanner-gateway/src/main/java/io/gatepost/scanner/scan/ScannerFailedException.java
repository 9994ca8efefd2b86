package io.gatepost.scanner.scan;

import org.jspecify.annotations.Nullable;

/// A scanner gave no answer that makes sense. Says nothing of the message.
public final class ScannerFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// The kinds of failures.
  public enum Kind {
    /// No connection, or it broke off before the answer.
    UNREACHABLE,
    /// An answer that breaks the protocol, or half of one.
    GARBLED,
    /// The scanner says that it cannot scan now.
    REFUSED
  }

  private final Kind kind;

  /// @param what said of the scanner, such as `answered "xyz" (expected: stream: … OK)`
  public ScannerFailedException(Kind kind, String what) {
    this(kind, what, null);
  }

  public ScannerFailedException(Kind kind, String what, @Nullable Throwable cause) {
    super(what, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
