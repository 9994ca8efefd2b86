package io.gatepost.bench.scan;

import io.gatepost.bench.load.Programs;
import io.gatepost.bench.measure.Pause;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// clamd's protocol from the client's side: commands and answers end with NUL.
final class ClamdTalk {

  /// The answer for a message without a virus.
  static final String CLEAN = "stream: OK";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SOCKET_MILLIS = 10_000;
  private static final int LONGEST_CHUNK = 64 * 1024;
  private static final int LINE = 80;
  private static final String INSTREAM = "INSTREAM";

  private static final String HEADER =
      "Received: from client.test ([127.0.0.1]) by server.test with ESMTP;\r\n"
          + " Mon, 2 Jun 2008 10:00:00 +0100\r\n"
          + "From: <load@source.test>\r\n"
          + "To: <sink@sink.test>\r\n"
          + "Date: Mon, 2 Jun 2008 10:00:00 +0100\r\n"
          + "Message-Id: <0001.0001.0001@source.test>\r\n\r\n";

  private ClamdTalk() {}

  /// Returns when the server answers to PING; fails where it has not within a minute, or where its
  /// process has ended.
  static void await(InetSocketAddress server, BooleanSupplier alive) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end && alive.getAsBoolean() && !Thread.interrupted()) {
      if (answersPing(server)) {
        return;
      }
      Pause.millis(50);
    }
    throw new IOException("no scanner answers at " + Programs.text(server));
  }

  private static boolean answersPing(InetSocketAddress server) {
    try {
      return ask(server, "PING").equals("PONG");
    } catch (IOException e) {
      return false; // not yet
    }
  }

  /// Asks something short.
  static String ask(InetSocketAddress server, String command) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(server, SOCKET_MILLIS);
      socket.setSoTimeout(SOCKET_MILLIS);
      socket.getOutputStream().write(line(command));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return answer.replace("\0", "");
    }
  }

  /// The beginning of a session: messages follow one another, and answers have numbers.
  static ByteBuffer session() {
    return ByteBuffer.wrap(line("IDSESSION"));
  }

  /// All that a client sends to have a message scanned: one like those of Postfix's `smtp-source`,
  /// with the field that a server puts on top.
  ///
  /// @param size of what follows the header, in octets
  static ByteBuffer scanOf(int size) {
    byte[] message = message(size);
    byte[] command = line(INSTREAM);
    int chunks = (message.length + LONGEST_CHUNK - 1) / LONGEST_CHUNK;
    ByteBuffer octets =
        ByteBuffer.allocateDirect(command.length + message.length + (chunks + 1) * Integer.BYTES);
    octets.put(command);
    for (int at = 0; at < message.length; at += LONGEST_CHUNK) {
      int length = Math.min(LONGEST_CHUNK, message.length - at);
      octets.putInt(length).put(message, at, length);
    }
    return octets.putInt(0).flip();
  }

  private static byte[] message(int size) {
    StringBuilder text = new StringBuilder(HEADER);
    for (int at = 0; at < size; at += LINE) {
      int length = Math.min(LINE, size - at);
      text.append(at / LINE % 10).append("X".repeat(Math.max(0, length - 3))).append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] line(String command) {
    return ('z' + command + '\0').getBytes(StandardCharsets.US_ASCII);
  }
}
