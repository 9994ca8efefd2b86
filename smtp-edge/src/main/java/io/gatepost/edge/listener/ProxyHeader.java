package io.gatepost.edge.listener;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The header with which a load balancer says for whom it connects: the PROXY protocol, version 1
/// (a line) and 2 (octets).
final class ProxyHeader {

  /// Longest line of version 1, with its CRLF.
  private static final int MAX_V1_OCTETS = 107;

  private static final int V2_FIXED_OCTETS = 16;

  /// More than the addresses and all extensions that are in use.
  private static final int MAX_V2_OCTETS = 4096;

  private static final byte[] V1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] V2 = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

  private ProxyHeader() {}

  /// The meaning of the octets.
  sealed interface Result {
    /// The beginning of a header.
    record Incomplete() implements Result {}

    /// No header.
    record Bad() implements Result {}

    /// The header names no client: the proxy's own look whether we live, or a connection whose
    /// client it does not know.
    record Local(int octets) implements Result {}

    /// @param client from where, and `server` to where, the proxy was connected
    /// @param octets the header's length
    record Client(InetSocketAddress client, InetSocketAddress server, int octets)
        implements Result {}
  }

  /// Reads `octets[from, to)`.
  static Result read(byte[] octets, int from, int to) {
    if (startsWith(octets, from, to, V2)) {
      return to - from < V2_FIXED_OCTETS ? new Result.Incomplete() : v2(octets, from, to);
    }
    return startsWith(octets, from, to, V1) ? v1(octets, from, to) : new Result.Bad();
  }

  private static boolean startsWith(byte[] octets, int from, int to, byte[] prefix) {
    int length = Math.min(to - from, prefix.length);
    return Arrays.equals(octets, from, from + length, prefix, 0, length);
  }

  private static Result v1(byte[] octets, int from, int to) {
    int limit = Math.min(to, from + MAX_V1_OCTETS);
    for (int i = from; i < limit; i++) {
      if (octets[i] == '\n') {
        String line = new String(octets, from, i - from, StandardCharsets.US_ASCII);
        return line.endsWith("\r") ? v1(line.strip(), i + 1 - from) : new Result.Bad();
      }
    }
    return to - from >= MAX_V1_OCTETS ? new Result.Bad() : new Result.Incomplete();
  }

  /// `PROXY TCP4 source destination port port`.
  private static Result v1(String line, int octets) {
    String[] words = line.split(" ", -1);
    if (words.length >= 2 && words[1].equals("UNKNOWN")) {
      return new Result.Local(octets);
    }
    if (words.length != 6 || !(words[1].equals("TCP4") || words[1].equals("TCP6"))) {
      return new Result.Bad();
    }
    try {
      return new Result.Client(
          new InetSocketAddress(InetAddress.ofLiteral(words[2]), Integer.parseInt(words[4])),
          new InetSocketAddress(InetAddress.ofLiteral(words[3]), Integer.parseInt(words[5])),
          octets);
    } catch (IllegalArgumentException e) {
      return new Result.Bad(); // no address, no port
    }
  }

  private static Result v2(byte[] octets, int from, int to) {
    int versionAndCommand = octets[from + 12];
    int family = octets[from + 13] >> 4 & 0xf;
    int length = V2_FIXED_OCTETS + number(octets, from + 14);
    if (versionAndCommand >> 4 != 2 || length > MAX_V2_OCTETS) {
      return new Result.Bad();
    }
    if (to - from < length) {
      return new Result.Incomplete();
    }
    int command = versionAndCommand & 0xf;
    if (command == 0 || command == 1 && family == 0) {
      return new Result.Local(length);
    }
    int width = family == 1 ? 4 : 16;
    boolean known = command == 1 && (family == 1 || family == 2);
    if (!known || length < V2_FIXED_OCTETS + 2 * width + 4) {
      return new Result.Bad();
    }
    int at = from + V2_FIXED_OCTETS;
    return new Result.Client(
        address(octets, at, width, at + 2 * width),
        address(octets, at + width, width, at + 2 * width + 2),
        length);
  }

  private static InetSocketAddress address(byte[] octets, int at, int width, int port) {
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(Arrays.copyOfRange(octets, at, at + width)),
          number(octets, port));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 and 16 octets are an address", e);
    }
  }

  private static int number(byte[] octets, int at) {
    return (octets[at] & 0xff) << 8 | octets[at + 1] & 0xff;
  }
}
