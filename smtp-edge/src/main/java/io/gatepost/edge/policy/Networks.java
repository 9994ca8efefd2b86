package io.gatepost.edge.policy;

import java.net.InetAddress;
import java.util.List;

/// A list of networks, such as those whose clients may relay (`gatepost.edge.relay-from`).
public final class Networks {

  private final List<Range> ranges;

  private record Range(byte[] address, int bits) {
    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      int whole = bits / 8;
      for (int i = 0; i < whole; i++) {
        if (address[i] != other[i]) {
          return false;
        }
      }
      int mask = 0xff << (8 - bits % 8) & 0xff;
      return bits % 8 == 0 || (address[whole] & mask) == (other[whole] & mask);
    }
  }

  private Networks(List<Range> ranges) {
    this.ranges = ranges;
  }

  /// Reads networks such as `127.0.0.0/8` or `::1`; throws [SettingException] that names the key
  /// and the value.
  public static Networks parse(String key, List<String> texts) {
    return new Networks(
        texts.stream()
            .map(text -> Network.parse(key, text.strip()))
            .map(network -> new Range(network.address().getAddress(), network.bits()))
            .toList());
  }

  /// Whether an address is in one of them.
  public boolean contains(InetAddress client) {
    if (ranges.isEmpty()) {
      return false;
    }
    byte[] address = client.getAddress();
    for (Range range : ranges) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
