package io.gatepost.contract.envelope;

/// What `MAIL` said of the body (RFC 6152, RFC 3030).
public enum BodyType {
  SEVEN_BIT,
  EIGHT_BIT_MIME,
  /// Any octets in any order, without line ends where it likes: never to be sent by DATA. It may
  /// end without CRLF.
  BINARY_MIME
}
