package io.gatepost.contract.event;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/// Until when a new message may be appended to `ready` and count as accepted, by the clock of the
/// log. It travels with the record. The edge sets it before it would refuse the message for want of
/// an answer, and says 250 only where the append time keeps it; delivery-service attempts no record
/// that was appended later. So what is refused is not delivered, however long a request lies in a
/// broker or a service that hangs.
///
/// @param until to the millisecond
public record AppendLimit(Instant until) {

  /// The header of the record, and of the call.
  public static final String HEADER = "gatepost-append-until";

  /// Reads the text form; throws [IllegalArgumentException] where it is none.
  public static AppendLimit of(String text) {
    try {
      return new AppendLimit(Instant.parse(text));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          HEADER + ": \"" + text + "\" (expected: an instant such as 2026-01-31T12:00:00Z)", e);
    }
  }

  /// Reads what [#octets] wrote.
  public static AppendLimit of(byte[] octets) {
    return of(new String(octets, StandardCharsets.US_ASCII));
  }

  /// Whether a record that was appended at that time counts.
  public boolean isKeptBy(Instant appended) {
    return !appended.isAfter(until);
  }

  /// The form of the record's header.
  public byte[] octets() {
    return toString().getBytes(StandardCharsets.US_ASCII);
  }

  /// The text form, as in ISO 8601.
  @Override
  public String toString() {
    return until.toString();
  }
}
