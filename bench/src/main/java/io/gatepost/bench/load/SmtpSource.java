package io.gatepost.bench.load;

import io.gatepost.bench.measure.ProcessGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// Postfix's `smtp-source`: sends messages as fast as they are taken.
///
/// @param concurrency sessions at a time
/// @param size of a message's content, in octets
/// @param kept whether a session goes on with the next message instead of ending
public record SmtpSource(int concurrency, int size, boolean kept) {

  private static final String FROM = "load@source.test";
  private static final String TO = "sink@sink.test";

  /// The domain whose next hop has to be the sink.
  public static final String DOMAIN = "sink.test";

  /// Sends messages, and returns when all are accepted.
  public void send(ProcessGroup load, InetSocketAddress server, int messages)
      throws IOException, InterruptedException {
    Process process = start(load, server, messages);
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException("smtp-source ended with " + exit + " (its message is above)");
    }
  }

  /// Starts clients that each send a message a second to somebody else, until they are ended.
  public static Process drip(
      ProcessGroup load, InetSocketAddress server, int perSecond, String recipient)
      throws IOException {
    return run(
        load,
        List.of(
            Programs.find("smtp-source"),
            "-d",
            "-s",
            Integer.toString(perSecond),
            "-m",
            Integer.toString(Integer.MAX_VALUE),
            "-w",
            "1",
            "-l",
            "2048",
            "-f",
            FROM,
            "-t",
            recipient,
            Programs.text(server)));
  }

  /// Starts sending.
  public Process start(ProcessGroup load, InetSocketAddress server, int messages)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(Programs.find("smtp-source")));
    if (kept) {
      command.add("-d");
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
            TO,
            Programs.text(server)));
    return run(load, command);
  }

  private static Process run(ProcessGroup load, List<String> command) throws IOException {
    return load.start(
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT));
  }
}
