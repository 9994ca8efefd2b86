package io.gatepost.scanner.socket;

import io.gatepost.contract.setting.SettingException;
import java.net.URI;

/// Where a scanner listens that speaks HTTP.
public final class ScannerUrl {

  private ScannerUrl() {}

  /// Reads `http://host:port/path` or `https://…`; throws [SettingException] for anything else.
  ///
  /// @param key of the setting
  /// @param example for the operator who got it wrong
  public static URI of(String key, String text, String example) {
    try {
      URI url = URI.create(text);
      boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (isHttp
          && url.getHost() != null
          && url.getPort() != 0
          && url.getPort() <= 65_535
          && url.getRawUserInfo() == null
          && url.getRawQuery() == null
          && url.getRawFragment() == null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      throw refused(key, text, example);
    }
    throw refused(key, text, example);
  }

  private static SettingException refused(String key, String text, String example) {
    return new SettingException(
        key, text, "http:// or https://, host, port and path, such as " + example);
  }
}
