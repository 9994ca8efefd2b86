package io.gatepost.allinone.start;

import io.gatepost.contract.setting.SettingException;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings `gatepost.http`.
///
/// @param port where health and metrics are answered, on the loopback address; 0 is any free one
public record HttpProperties(@DefaultValue("8080") int port) {

  public HttpProperties {
    if (port < 0 || port > 65_535) {
      throw new SettingException("gatepost.http.port", port, "0 to 65535");
    }
  }
}
