package io.gatepost.scanner;

import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of content scanning.
///
/// @param slots how many messages that stream are scanned at a time, 1 to 10000
/// @param timeout how long one scan may take
@ConfigurationProperties(prefix = "gatepost.scanner", ignoreUnknownFields = false)
public record ScannerProperties(
    @DefaultValue("64") int slots, @DefaultValue("20s") Duration timeout) {

  public ScannerProperties {
    if (slots < 1 || slots > 10_000) {
      throw new SettingException("gatepost.scanner.slots", slots, "1 to 10000");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new SettingException("gatepost.scanner.timeout", timeout, "a duration above zero");
    }
  }
}
