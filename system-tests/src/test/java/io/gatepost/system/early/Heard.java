package io.gatepost.system.early;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Replies to clients about the messages that they have sent.
final class Heard {

  private static final Pattern QUEUE_ID = Pattern.compile("^250 2\\.0\\.0 \\w+ as (\\w+)");

  /// The four ends of a message, as its client sees it.
  enum End {
    DELIVERED,
    QUEUED,
    REFUSED,
    UNANSWERED;

    static End of(String reply) {
      if (reply.isEmpty()) {
        return UNANSWERED;
      }
      if (!reply.startsWith("250")) {
        return REFUSED;
      }
      return reply.startsWith("250 2.0.0 queued as ") ? QUEUED : DELIVERED;
    }
  }

  /// A message.
  ///
  /// @param bodyChecksum CRC-32 of the body's octets
  /// @param begunAt before the client said MAIL, by [System#nanoTime]
  /// @param heardAt when it had the reply, or knew that there will be none
  record Sent(
      String id,
      List<String> recipients,
      long bodyChecksum,
      long begunAt,
      long heardAt,
      End end,
      String reply) {

    /// Returns the id of the message in the reply; empty where it is no promise.
    String queueId() {
      Matcher matcher = QUEUE_ID.matcher(reply);
      return matcher.find() ? matcher.group(1) : "";
    }

    boolean isPromised() {
      return end == End.DELIVERED || end == End.QUEUED;
    }
  }

  private final Map<String, Sent> all = new ConcurrentHashMap<>();

  void heard(Sent sent) {
    all.put(sent.id(), sent);
  }

  Map<String, Sent> all() {
    return all;
  }

  List<Sent> of(End end) {
    return all.values().stream().filter(sent -> sent.end() == end).toList();
  }

  long promised() {
    return all.values().stream().filter(Sent::isPromised).count();
  }
}
