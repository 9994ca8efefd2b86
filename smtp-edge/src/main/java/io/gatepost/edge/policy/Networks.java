package io.gatepost.edge.policy;

import io.gatepost.contract.setting.SettingException;
import java.net.InetAddress;
import java.util.List;

/// A list of networks, such as those whose clients may relay (`gatepost.edge.relay-from`).
public final class Networks {

  private final List<Network> networks;

  private record Network(byte[] address, int bits) {
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

  private Networks(List<Network> networks) {
    this.networks = networks;
  }

  /// Reads networks such as `127.0.0.0/8` or `::1`; throws [SettingException] that names the key
  /// and the value.
  public static Networks parse(String key, List<String> texts) {
    return new Networks(texts.stream().map(text -> network(key, text.strip())).toList());
  }

  /// Whether an address is in one of them.
  public boolean contains(InetAddress client) {
    if (networks.isEmpty()) {
      return false;
    }
    byte[] address = client.getAddress();
    for (Network network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  private static Network network(String key, String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    if (!host.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) { // a name would be looked up
      throw bad(key, text);
    }
    try {
      byte[] address = InetAddress.ofLiteral(host).getAddress();
      int bits = slash < 0 ? address.length * 8 : Integer.parseInt(text.substring(slash + 1));
      if (bits < 0 || bits > address.length * 8) {
        throw bad(key, text);
      }
      return new Network(address, bits);
    } catch (IllegalArgumentException e) {
      throw bad(key, text);
    }
  }

  private static SettingException bad(String key, String text) {
    return new SettingException(key, text, "networks such as 192.0.2.0/24 or 2001:db8::/32");
  }
}
