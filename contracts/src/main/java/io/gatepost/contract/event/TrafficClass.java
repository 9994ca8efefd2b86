package io.gatepost.contract.event;

import io.gatepost.contract.reply.Reason;
import java.util.Locale;

/// Class of a session at its end: the classes of the Cambridge statistics (requirement B9), and
/// those that they leave out. Each session ends in exactly one. In order of weight: a session that
/// could be several is the first of them.
public enum TrafficClass {
  /// A message was accepted from one of ours.
  INTERNAL,
  /// A message was accepted from anybody else.
  LEGITIMATE,
  /// The scanner, or a rule about content, refused a message or had it put aside.
  CONTENT,
  /// A recipient does not exist.
  INVALID_RECIPIENT,
  /// The sender is no address that could be answered, or not the user's.
  INVALID_SENDER,
  /// An attempt to relay.
  RELAY,
  /// On a list, banned, or too many at a time.
  BLACKLISTED,
  /// Known by how it behaves: its HELO name, talking before the greeting.
  MALWARE,
  /// It did not speak SMTP, guessed passwords, or broke off TLS.
  PROTOCOL,
  /// Our own trouble: it was told to come back.
  UNDECIDED,
  /// It came, and went without asking for anything that was refused.
  EMPTY;

  /// The form in metrics and logs.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The weightier of two.
  public TrafficClass or(TrafficClass other) {
    return compareTo(other) <= 0 ? this : other;
  }

  /// The class of a session in which this was refused.
  public static TrafficClass of(Reason reason) {
    return switch (reason) {
      case EARLY_TALKER, HELO_SIGNATURE -> MALWARE;
      case CONNECTION_LIMIT, BANNED, RATE_LIMITED, DNS_LISTED -> BLACKLISTED;
      case TLS_FAILED,
          BAD_PROXY_HEADER,
          HELO_SYNTAX,
          RECIPIENT_LIMIT,
          PROTOCOL_ERRORS,
          BAD_CREDENTIALS,
          AUTH_THROTTLED ->
          PROTOCOL;
      case UNKNOWN_USER,
          UNROUTABLE_DOMAIN,
          REFUSED_BY_TABLE,
          REFUSED_BY_USER,
          ROUTING_LOOP,
          NEXT_HOP_REFUSED ->
          INVALID_RECIPIENT;
      case SENDER_NOT_OWN, INVALID_SENDER -> TrafficClass.INVALID_SENDER;
      case RELAY_DENIED -> RELAY;
      case CONTENT_REJECTED, MALFORMED_CONTENT, TOO_LARGE, MAIL_LOOP -> CONTENT;
      case CONTENT_DEFERRED,
          DNS_UNAVAILABLE,
          SERVICE_UNAVAILABLE,
          DEADLINE_EXCEEDED,
          NO_SPACE,
          UNREACHABLE,
          CONNECTION_LOST,
          FINAL_DOT_UNANSWERED,
          NEXT_HOP_DEFERRED,
          MAILBOX_UNAVAILABLE,
          DESTINATION_BUSY,
          CONTENT_UNAVAILABLE,
          EXPIRED,
          CANCELLED ->
          UNDECIDED;
    };
  }
}
