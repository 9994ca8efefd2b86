package io.gatepost.contract.wire;

/// Octets that are no frame of ours, or one of a version that this program does not know.
public final class UnreadableFrameException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  UnreadableFrameException(String message) {
    super(message);
  }

  UnreadableFrameException(String message, Throwable cause) {
    super(message, cause);
  }
}
