package io.gatepost.verification;

import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of verification.
///
/// @param cacheGood how long a route that took time to find is remembered
/// @param cacheBad how long a refusal is
/// @param cacheSize how many final addresses of routes at most
/// @param credentials path of the file of users and their hashes; empty for no users
/// @param senders path of the table of senders that users may use beside their own; empty for none
/// @param maxGuessesPerUser wrong passwords for one user in a window; beyond it `454 4.7.0`
/// @param maxGuessesPerAddress wrong passwords from one address in a window
/// @param guessWindow how long a wrong password counts
/// @param callout questions to next hops
@ConfigurationProperties(prefix = "gatepost.verification", ignoreUnknownFields = false)
record VerificationProperties(
    @DefaultValue("1s") Duration cacheGood,
    @DefaultValue("1s") Duration cacheBad,
    @DefaultValue("100000") long cacheSize,
    @DefaultValue("") String credentials,
    @DefaultValue("") String senders,
    @DefaultValue("10") int maxGuessesPerUser,
    @DefaultValue("30") int maxGuessesPerAddress,
    @DefaultValue("15m") Duration guessWindow,
    @DefaultValue CalloutProperties callout) {

  VerificationProperties {
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
    atLeastOne("max-guesses-per-user", maxGuessesPerUser);
    atLeastOne("max-guesses-per-address", maxGuessesPerAddress);
    if (guessWindow.isNegative() || guessWindow.isZero()) {
      throw new SettingException(
          "gatepost.verification.guess-window", guessWindow, "a duration above zero");
    }
  }

  private static void atLeastOne(String key, int value) {
    if (value < 1) {
      throw new SettingException("gatepost.verification." + key, value, "1 or more");
    }
  }
}
