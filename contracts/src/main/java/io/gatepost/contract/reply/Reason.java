package io.gatepost.contract.reply;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Why an address, a message or an attempt was not accepted. One constant per reason; it lands in
/// the metric's label, in the log line and in the reply's choice, so that the three agree.
public enum Reason {
  /// A local domain has no such mailbox or alias.
  UNKNOWN_USER,
  /// The domain does not exist, or takes no mail (null MX, RFC 7505).
  UNROUTABLE_DOMAIN,
  /// The client may not relay to a domain that is not ours.
  RELAY_DENIED,
  /// A table's own `error:` entry.
  REFUSED_BY_TABLE,
  /// The rules of the mailbox's own user refuse the message (RFC 5429).
  REFUSED_BY_USER,
  /// Rewriting went round in circles, too deep or too wide, or the DNS leads back to ourselves.
  ROUTING_LOOP,
  /// A DNS answer did not come, or said that the server failed.
  DNS_UNAVAILABLE,
  /// The client spoke before the greeting (requirement B1).
  EARLY_TALKER,
  /// Too many connections, from this address or in all.
  CONNECTION_LIMIT,
  /// Many unknown users were asked for from this address, a short time ago.
  BANNED,
  /// The client broke off the TLS handshake, or it failed.
  TLS_FAILED,
  /// The proxy in front of us sent no valid PROXY header.
  BAD_PROXY_HEADER,
  /// The client's name in HELO is no domain and no address literal.
  HELO_SYNTAX,
  /// The client calls itself by a name that only abusers use (requirement B4).
  HELO_SIGNATURE,
  /// The client is on a DNS list (requirement B3).
  DNS_LISTED,
  /// The sender is not the authenticated user's (RFC 6409 §6.1).
  SENDER_NOT_OWN,
  /// No mail can be sent back to the sender's address.
  INVALID_SENDER,
  /// Too many messages from this client or user in a minute.
  RATE_LIMITED,
  /// Too many recipients for one message.
  RECIPIENT_LIMIT,
  /// Too many wrong or unknown commands.
  PROTOCOL_ERRORS,
  /// User name or password is wrong.
  BAD_CREDENTIALS,
  /// Too many wrong guesses from this address or for this user.
  AUTH_THROTTLED,
  /// A service of our own did not answer.
  SERVICE_UNAVAILABLE,
  /// A service of our own did not answer in the time that the client can wait.
  DEADLINE_EXCEEDED,
  /// Below the reserve of disk space, or above a bound on memory.
  NO_SPACE,
  /// The scanner rejected the content.
  CONTENT_REJECTED,
  /// A scanner wants to see the content again later.
  CONTENT_DEFERRED,
  /// The content breaks RFC 5321: a bare CR or LF, a line too long.
  MALFORMED_CONTENT,
  /// The message is larger than allowed.
  TOO_LARGE,
  /// The message has passed too many hosts (RFC 5321 §6.3).
  MAIL_LOOP,
  /// The next hop refused the connection or could not be reached.
  UNREACHABLE,
  /// The next hop broke off, or did not answer in time.
  CONNECTION_LOST,
  /// The next hop got the whole message and never answered: nobody knows whether it has it (RFC
  /// 1047).
  FINAL_DOT_UNANSWERED,
  /// The next hop gave a 4xx reply.
  NEXT_HOP_DEFERRED,
  /// The next hop gave a 5xx reply.
  NEXT_HOP_REFUSED,
  /// The mailbox could not be written.
  MAILBOX_UNAVAILABLE,
  /// Every destination slot is taken.
  DESTINATION_BUSY,
  /// The message's content is missing or unreadable.
  CONTENT_UNAVAILABLE,
  /// The message was tried for its whole lifetime.
  EXPIRED,
  /// An operator has cancelled the message.
  CANCELLED;

  /// The reason of a label; empty where it is none of ours.
  public static Optional<Reason> ofLabel(String label) {
    return Arrays.stream(values()).filter(each -> each.label().equals(label)).findFirst();
  }

  /// The form in metrics and logs: `unknown_user`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
