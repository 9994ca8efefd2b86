package io.gatepost.verification;

import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of verification.
///
/// @param cacheGood how long a good verdict that took time is remembered
/// @param cacheBad how long a bad one is
/// @param cacheSize how many verdicts at most
@ConfigurationProperties(prefix = "gatepost.verification", ignoreUnknownFields = false)
public record VerificationProperties(
    @DefaultValue("10s") Duration cacheGood,
    @DefaultValue("2s") Duration cacheBad,
    @DefaultValue("100000") long cacheSize) {

  public VerificationProperties {
    if (cacheGood.isNegative()) {
      throw new SettingException(
          "gatepost.verification.cache-good", cacheGood, "a duration, 0s for none");
    }
    if (cacheBad.isNegative()) {
      throw new SettingException(
          "gatepost.verification.cache-bad", cacheBad, "a duration, 0s for none");
    }
    if (cacheSize < 0) {
      throw new SettingException("gatepost.verification.cache-size", cacheSize, "0 or more");
    }
  }
}
