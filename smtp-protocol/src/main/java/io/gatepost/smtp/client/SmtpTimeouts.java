package io.gatepost.smtp.client;

import java.time.Duration;

/// How long a host may take for each thing (RFC 5321 §4.5.3.2).
///
/// @param connect until the connection stands; RFC 5321 has none
/// @param command for the greeting, EHLO, MAIL, RCPT and RSET
/// @param dataStart for the 354
/// @param dataBlock for the host to take a piece of the content
/// @param finalDot for the answer to the final dot
/// @param quit for the answer to QUIT, which nobody needs
public record SmtpTimeouts(
    Duration connect,
    Duration command,
    Duration dataStart,
    Duration dataBlock,
    Duration finalDot,
    Duration quit) {

  /// RFC 5321's own values.
  public static SmtpTimeouts standard(Duration connect) {
    return new SmtpTimeouts(
        connect,
        Duration.ofMinutes(5),
        Duration.ofMinutes(2),
        Duration.ofMinutes(3),
        Duration.ofMinutes(10),
        Duration.ofSeconds(5));
  }
}
