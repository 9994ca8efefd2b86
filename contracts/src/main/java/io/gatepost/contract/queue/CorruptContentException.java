package io.gatepost.contract.queue;

/// Stored content is not what came in. The message is held; the operator has to look at the disk.
public final class CorruptContentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CorruptContentException(String message) {
    super(message);
  }
}
