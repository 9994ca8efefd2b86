package io.gatepost.scanner.socket;

import io.gatepost.contract.setting.SettingException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a scanner listens.
public sealed interface ScannerAddress {

  /// Over TCP. A name is looked up for each connection.
  record Tcp(String host, int port) implements ScannerAddress {
    @Override
    public String toString() {
      return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
  }

  /// On this machine.
  record Unix(String path) implements ScannerAddress {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /// Reads `host:port`, `[address]:port` or `unix:/path`; throws [SettingException] for anything
  /// else.
  ///
  /// @param key of the setting
  static ScannerAddress of(String key, String text) {
    if (text.startsWith("unix:/")) {
      return new Unix(text.substring("unix:".length()));
    }
    Matcher form = Forms.TCP.matcher(text);
    if (form.matches()) {
      int port = Integer.parseInt(form.group(3));
      if (port > 0 && port <= 65_535) {
        return new Tcp(form.group(1) == null ? form.group(2) : form.group(1), port);
      }
    }
    throw new SettingException(key, text, "host:port, [address]:port or unix:/path");
  }

  /// The written forms.
  final class Forms {
    private static final Pattern TCP =
        Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([^\\[\\]:/\\s]+)):(\\d{1,5})");

    private Forms() {}
  }
}
