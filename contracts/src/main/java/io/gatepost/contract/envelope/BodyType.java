package io.gatepost.contract.envelope;

/// What `MAIL` said of the body (RFC 6152).
public enum BodyType {
  SEVEN_BIT,
  EIGHT_BIT_MIME
}
