package io.gatepost.bench.dns;

import io.gatepost.bench.measure.Pause;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// A question for the address of a name (RFC 1035 §4.1), to see whether a server is there.
final class Question {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int ANSWER_MILLIS = 500;
  private static final int MAX_ANSWER = 512;

  /// Number 1, one question, recursion desired.
  private static final byte[] HEADER = {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};

  private static final byte[] FOR_ADDRESSES = {0, 0, 1, 0, 1};
  private static final int ANSWERS_AT = 6;

  private Question() {}

  /// Whether a server has an answer, now or within half a minute.
  static boolean isAnswered(InetSocketAddress server, String name, BooleanSupplier alive)
      throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    byte[] octets = octets(name);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(ANSWER_MILLIS);
      while (System.nanoTime() < end && alive.getAsBoolean() && !Thread.interrupted()) {
        if (asks(socket, server, octets)) {
          return true;
        }
        Pause.millis(50);
      }
    }
    return false;
  }

  private static boolean asks(DatagramSocket socket, InetSocketAddress server, byte[] octets) {
    try {
      socket.send(new DatagramPacket(octets, octets.length, server));
      DatagramPacket answer = new DatagramPacket(new byte[MAX_ANSWER], MAX_ANSWER);
      socket.receive(answer);
      return answer.getLength() > octets.length
          && ByteBuffer.wrap(answer.getData()).getShort(ANSWERS_AT) > 0;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  private static byte[] octets(String name) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    octets.writeBytes(HEADER);
    for (String label : name.split("\\.")) {
      octets.write(label.length());
      octets.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    octets.writeBytes(FOR_ADDRESSES);
    return octets.toByteArray();
  }
}
