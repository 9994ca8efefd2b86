package io.gatepost.cli.send;

import io.gatepost.cli.exit.ExitCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Result of sending a message, recipient by recipient.
///
/// @param replies the server's last reply for each recipient: to RCPT where it refused that one,
///   else to the content; in the order of sending
public record SendResult(Map<String, String> replies) {

  public SendResult {
    replies = new LinkedHashMap<>(replies);
  }

  /// `OK` where all recipients were accepted, `TEMPORARY_FAILURE` where another try may help all
  /// that were not, else `UNAVAILABLE`.
  public ExitCode exitCode() {
    ExitCode worst = ExitCode.OK;
    for (String reply : replies.values()) {
      if (!reply.startsWith("2")) {
        if (!reply.startsWith("4")) {
          return ExitCode.UNAVAILABLE;
        }
        worst = ExitCode.TEMPORARY_FAILURE;
      }
    }
    return worst;
  }

  /// The result as a JSON object.
  public String json(String server) {
    List<String> recipients = new ArrayList<>();
    replies.forEach((recipient, reply) ->
        recipients.add(
            "{\"recipient\":%s,\"accepted\":%s,\"reply\":%s}"
                .formatted(quoted(recipient), reply.startsWith("2"), quoted(reply))));
    return "{\"server\":%s,\"accepted\":%s,\"recipients\":[%s]}"
        .formatted(quoted(server), exitCode() == ExitCode.OK, String.join(",", recipients));
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        default -> json.append(c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
      }
    }
    return json.append('"').toString();
  }
}
