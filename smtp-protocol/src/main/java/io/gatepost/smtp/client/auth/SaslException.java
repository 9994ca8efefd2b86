package io.gatepost.smtp.client.auth;

/// The host's side of a SASL exchange is not what the mechanism asks for.
public final class SaslException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SaslException(String message) {
    super(message);
  }
}
