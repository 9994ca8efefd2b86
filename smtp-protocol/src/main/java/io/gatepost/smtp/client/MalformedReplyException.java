package io.gatepost.smtp.client;

/// A host has sent something that is no SMTP reply, or one beyond all bounds; the connection is of
/// no use any more.
public final class MalformedReplyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MalformedReplyException(String message) {
    super(message);
  }
}
