package io.gatepost.log;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// Asks what listens at the addresses of a broker, before a Kafka client does: a client takes the
/// first four octets of any answer for a size, and makes room for so much. Those of an HTTP
/// server's answer come to 1.2 GiB. The question needs no credentials.
final class BrokerProbe {

  private static final int TIMEOUT_MILLIS = 2_000;
  private static final short API_VERSIONS = 18;
  private static final int CORRELATION = 0x67617465;
  private static final int REQUEST_OCTETS = 10;

  /// How TLS complains of what is none: a record of type 21, version 3 (RFC 8446 §5.1).
  private static final int TLS_ALERT = 0x1503;

  private static final int MAX_ANSWER_OCTETS = 1024 * 1024;

  private BrokerProbe() {}

  /// Returns what is wrong: nothing where at least one address answers as a broker, and none as
  /// anything else. Takes up to six seconds an address.
  ///
  /// @param client a client's settings, by Kafka's names: addresses, protocol and trust
  static Optional<String> trouble(Map<String, Object> client) {
    List<String> addresses = addresses(client.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
    String silent = "no address in \"" + String.join(",", addresses) + "\"";
    boolean answered = false;
    Wire wire;
    try {
      wire = Wire.of(client);
    } catch (KafkaException | IllegalStateException e) {
      return Optional.of("TLS cannot be used: " + e.getMessage());
    }
    for (String address : addresses) {
      if (address.isBlank()) {
        continue;
      }
      try {
        if (!isBroker(address.strip(), wire)) {
          return Optional.of("what listens at " + address.strip() + " is no Kafka broker");
        }
        answered = true;
      } catch (IOException | IllegalArgumentException e) {
        silent =
            "no broker answers at %s (%s): %s"
                .formatted(address.strip(), wire.protocol(), reason(e));
      }
    }
    return answered ? Optional.empty() : Optional.of(silent);
  }

  private static List<String> addresses(@Nullable Object servers) {
    String text =
        servers instanceof Collection<?> several
            ? several.stream().map(String::valueOf).collect(Collectors.joining(","))
            : String.valueOf(servers);
    return List.of(text.split(","));
  }

  private static String reason(Exception e) {
    return e instanceof EOFException ? "it hangs up" : String.valueOf(e.getMessage());
  }

  /// Asks for the versions that it speaks, in the first form of that question.
  private static boolean isBroker(String address, Wire wire) throws IOException {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, Math.max(colon, 0)).replaceAll("[\\[\\]]", "");
    int port = Integer.parseInt(address.substring(colon + 1));
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
      plain.setSoTimeout(TIMEOUT_MILLIS);
      try (Socket socket = wire.over(plain, host, port)) {
        DataOutputStream request = new DataOutputStream(socket.getOutputStream());
        ByteBuffer question = ByteBuffer.allocate(Integer.BYTES + REQUEST_OCTETS);
        question.putInt(REQUEST_OCTETS).putShort(API_VERSIONS);
        question.putShort((short) 0); // the version of the question
        question.putInt(CORRELATION);
        question.putShort((short) -1); // no name of the client
        request.write(question.array());
        request.flush();
        DataInputStream answer = new DataInputStream(socket.getInputStream());
        int octets = answer.readInt();
        if (octets >>> Short.SIZE == TLS_ALERT) {
          throw new IOException("it speaks TLS");
        }
        return octets > 0 && octets < MAX_ANSWER_OCTETS && answer.readInt() == CORRELATION;
      }
    }
  }
}
