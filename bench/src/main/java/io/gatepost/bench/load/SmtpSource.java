package io.gatepost.bench.load;

import io.gatepost.bench.measure.ProcessGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// Postfix's `smtp-source`: sends messages as fast as they are taken, or at a rate.
///
/// @param concurrency sessions at a time
/// @param size of a message's content, in octets
/// @param kept whether a session goes on with the next message instead of ending
/// @param pauseSeconds how long a session waits between messages
public record SmtpSource(int concurrency, int size, boolean kept, int pauseSeconds) {

  private static final String FROM = "load@source.test";
  private static final String TO = "sink@sink.test";

  /// The domain whose next hop has to be the sink.
  public static final String DOMAIN = "sink.test";

  /// As fast as they are taken.
  public SmtpSource(int concurrency, int size, boolean kept) {
    this(concurrency, size, kept, 0);
  }

  /// Messages a second, less where they are not taken at once.
  public static SmtpSource atRate(int perSecond, int size) {
    return new SmtpSource(perSecond, size, true, 1);
  }

  /// Sends messages, and returns when all are accepted.
  public void send(ProcessGroup load, InetSocketAddress server, int messages)
      throws IOException, InterruptedException {
    Process process = start(load, server, messages);
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException("smtp-source ended with " + exit + " (its message is above)");
    }
  }

  /// Starts sending.
  public Process start(ProcessGroup load, InetSocketAddress server, int messages)
      throws IOException {
    return start(load, server, messages, TO);
  }

  /// Starts sending to somebody else, until the process is ended.
  public Process startFor(ProcessGroup load, InetSocketAddress server, String recipient)
      throws IOException {
    return start(load, server, Integer.MAX_VALUE, recipient);
  }

  private Process start(ProcessGroup load, InetSocketAddress server, int messages, String recipient)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(Programs.find("smtp-source")));
    if (kept) {
      command.add("-d");
    }
    if (pauseSeconds > 0) {
      command.addAll(List.of("-w", Integer.toString(pauseSeconds)));
    }
    command.addAll(
        List.of(
            "-s",
            Integer.toString(Math.min(concurrency, messages)),
            "-m",
            Integer.toString(messages),
            "-l",
            Integer.toString(size),
            "-f",
            FROM,
            "-t",
            recipient,
            Programs.text(server)));
    return load.start(
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT));
  }
}
