package io.gatepost.routing.sieve;

/// A token of a script (RFC 5228 §8.1), and the line that it begins in.
sealed interface Token {

  int line();

  record Identifier(int line, String name) implements Token {}

  /// @param name without the colon, in lower case
  record Tag(int line, String name) implements Token {}

  record Number(int line, long value) implements Token {}

  /// A quoted string or a multi-line one, without quotes, dots and backslashes.
  record Text(int line, String value) implements Token {}

  /// One of `[](){},;`.
  record Mark(int line, char mark) implements Token {}

  record End(int line) implements Token {}
}
