package io.gatepost.contract.envelope;

/// Body type named by `MAIL` (RFC 6152, RFC 3030).
public enum BodyType {
  SEVEN_BIT,
  EIGHT_BIT_MIME,
  /// Any octets in any order, without line ends where it likes: never to be sent by DATA. It may
  /// end without CRLF.
  BINARY_MIME
}
