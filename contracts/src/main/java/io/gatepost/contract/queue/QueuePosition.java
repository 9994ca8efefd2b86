package io.gatepost.contract.queue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.gatepost.contract.envelope.QueueId;
import java.time.DateTimeException;
import java.time.Instant;

/// A place between deferred messages in the order in which they are listed: behind the message of
/// this time and id, whether that is still deferred or not. A message never changes its place, so
/// pages that go on from a position neither repeat a message nor leave one out that stays.
///
/// @param arrivedAt of the message before it
/// @param id of the message before it; decides between messages of one moment
public record QueuePosition(Instant arrivedAt, QueueId id) {

  private static final char SEPARATOR = '/';

  /// Reads the form that [#toString] writes; throws [IllegalArgumentException] where it is none.
  @JsonCreator
  public static QueuePosition of(String text) {
    int end = text.indexOf(SEPARATOR);
    try {
      return new QueuePosition(
          Instant.parse(text.substring(0, Math.max(0, end))), QueueId.of(text.substring(end + 1)));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "position: \"" + text + "\" (expected: TIME/ID, as the page before ends with)", e);
    }
  }

  /// Time and queue id: `2026-03-01T12:00:00.250Z/01m85pc4tn00005q900`.
  @JsonValue
  @Override
  public String toString() {
    return arrivedAt.toString() + SEPARATOR + id;
  }
}
