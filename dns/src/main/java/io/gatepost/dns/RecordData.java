package io.gatepost.dns;

import java.net.InetAddress;

/// The data of one record.
public sealed interface RecordData {

  /// A or AAAA.
  record Address(InetAddress address) implements RecordData {}

  /// MX.
  ///
  /// @param host without the dot of the root; the root itself, which is no host, is a lone dot
  record Exchanger(int preference, String host) implements RecordData {

    /// Whether it says that there is no exchanger (RFC 7505).
    public boolean isNull() {
      return host.equals(".");
    }
  }

  /// PTR.
  ///
  /// @param name without the dot of the root; anything that a stranger likes, not only a host name
  record Pointer(String name) implements RecordData {}

  /// TXT: its strings as one.
  ///
  /// @param text a character for each octet; anything that a stranger likes
  record Text(String text) implements RecordData {}
}
