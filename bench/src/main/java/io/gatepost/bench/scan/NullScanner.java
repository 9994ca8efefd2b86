package io.gatepost.bench.scan;

import io.gatepost.bench.measure.ProcessGroup;
import io.gatepost.embedded.FreePort;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// A scanner that reads each message and finds it clean: what it costs to ask one, and nothing of
/// what scanning costs. A process of its own.
public record NullScanner(InetSocketAddress address) implements ScanServer {

  private static final int BACKLOG = 1024;

  /// As many clients at a time; the others wait.
  private static final int THREADS = 100;

  private static final int BUFFER = 64 * 1024;
  private static final int LONGEST_COMMAND = 100;

  /// A command of our own.
  private static final String COUNT = "COUNT";

  private static final AtomicLong SCANS = new AtomicLong();

  /// Starts one, and returns when it answers.
  ///
  /// @param directory for its log
  public static NullScanner start(ProcessGroup group, Path directory) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            NullScanner.class.getName(),
            address.getAddress().getHostAddress(),
            Integer.toString(address.getPort()));
    Process process =
        group.start(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile()));
    ClamdTalk.await(address, process::isAlive);
    return new NullScanner(address);
  }

  @Override
  public long scans() throws IOException {
    return Long.parseLong(ClamdTalk.ask(address, COUNT));
  }

  /// Serves until it is killed.
  ///
  /// @param arguments host and port
  public static void main(String[] arguments) throws IOException {
    InetAddress host = InetAddress.getByName(arguments[0]);
    ServerSocket listener = new ServerSocket(Integer.parseInt(arguments[1]), BACKLOG, host);
    for (int i = 0; i < THREADS; i++) {
      Thread.ofPlatform().start(() -> serve(listener));
    }
  }

  private static void serve(ServerSocket listener) {
    while (true) {
      try (Socket client = listener.accept()) {
        answer(client);
      } catch (IOException e) {
        System.err.println(e); // a client that has left; its benchmark counts the scans
      }
    }
  }

  /// Answers one command in the form that it has, `z` with NUL or `n` with LF at the ends, or those
  /// of a session, each behind its number.
  private static void answer(Socket client) throws IOException {
    DataInputStream input =
        new DataInputStream(new BufferedInputStream(client.getInputStream(), BUFFER));
    OutputStream output = client.getOutputStream();
    boolean isSession = false;
    int commands = 0;
    for (int form = input.read(); form >= 0; form = input.read()) {
      char end = form == 'z' ? '\0' : '\n';
      String command = command(input, end);
      if (command.equals("IDSESSION")) {
        isSession = true;
        continue;
      }
      if (command.equals("END")) {
        return;
      }
      String answer = answer(command, input) + end;
      String number = isSession ? ++commands + ": " : "";
      output.write((number + answer).getBytes(StandardCharsets.US_ASCII));
      if (!isSession) {
        return;
      }
    }
  }

  private static String answer(String command, DataInputStream input) throws IOException {
    return switch (command) {
      case "PING" -> "PONG";
      case "VERSION" -> "ClamAV 0.0.0/0/Thu Jan  1 00:00:00 1970";
      case "INSTREAM" -> scan(input);
      case COUNT -> Long.toString(SCANS.get());
      default -> "UNKNOWN COMMAND";
    };
  }

  private static String command(DataInputStream input, char end) throws IOException {
    StringBuilder command = new StringBuilder();
    for (int next = input.read(); next != end; next = input.read()) {
      if (next < 0 || command.length() == LONGEST_COMMAND) {
        throw new EOFException("half a command: " + command);
      }
      command.append((char) next);
    }
    return command.toString();
  }

  private static String scan(DataInputStream input) throws IOException {
    for (int length = input.readInt(); length != 0; length = input.readInt()) {
      input.skipNBytes(length);
    }
    SCANS.incrementAndGet();
    return ClamdTalk.CLEAN;
  }
}
