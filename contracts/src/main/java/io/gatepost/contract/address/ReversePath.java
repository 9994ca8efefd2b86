package io.gatepost.contract.address;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// Where notices about a message go: the address of `MAIL FROM` (RFC 5321 §4.1.1.2).
public sealed interface ReversePath {

  /// The null reverse-path `<>` of notices; nothing is ever sent back to it (RFC 5321 §4.5.5).
  record Null() implements ReversePath {
    @Override
    public String toString() {
      return "";
    }
  }

  /// An ordinary sender.
  record Sender(LocalPart localPart, DomainName domain) implements ReversePath {
    /// The address that a notice to this sender is sent to.
    public ForwardPath asForwardPath() {
      return new ForwardPath(localPart, domain);
    }

    @Override
    public String toString() {
      return localPart.text() + '@' + domain.text();
    }
  }

  /// Reads `local@domain`, or the empty text for the null reverse-path; throws
  /// [IllegalArgumentException] where it is neither.
  @JsonCreator
  static ReversePath of(String text) {
    if (text.isEmpty()) {
      return new Null();
    }
    ForwardPath address = ForwardPath.of(text);
    return new Sender(address.localPart(), address.domain());
  }

  /// Whether it needs no SMTPUTF8.
  default boolean isAscii() {
    return switch (this) {
      case Null _ -> true;
      case Sender sender -> sender.localPart().isAscii();
    };
  }

  /// The address without angle brackets, empty for the null reverse-path.
  @JsonValue
  default String text() {
    return toString();
  }
}
