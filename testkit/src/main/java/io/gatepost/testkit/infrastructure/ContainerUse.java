package io.gatepost.testkit.infrastructure;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether tests run their broker and database in containers. Set by the system property or the
/// environment variable `GATEPOST_TEST_CONTAINERS`; the property wins.
enum ContainerUse {
  /// Where an engine answers and has the image, or gets it in time.
  AUTO,
  /// Always: a test fails where that cannot be.
  ALWAYS,
  /// Never: the engine is not even asked.
  NEVER;

  static final String SETTING = "GATEPOST_TEST_CONTAINERS";

  private static final Logger log = LoggerFactory.getLogger(ContainerUse.class);

  /// Returns what is set for this process.
  static ContainerUse configured() {
    String set = System.getProperty(SETTING, System.getenv(SETTING));
    return set == null ? AUTO : parse(set);
  }

  /// Reads a value; throws [IllegalArgumentException] where it is none.
  static ContainerUse parse(String text) {
    for (ContainerUse use : values()) {
      if (use.name().equals(text.strip().toUpperCase(Locale.ROOT))) {
        return use;
      }
    }
    throw new IllegalArgumentException(
        SETTING + " = \"" + text + "\" (expected: one of " + Arrays.toString(values()) + ")");
  }

  /// Whether an image is to be run as a container; throws [IllegalStateException] where it should
  /// always be and cannot.
  boolean appliesTo(String image, ContainerEngine engine) {
    if (this == NEVER) {
      return false;
    }
    Optional<String> trouble = engine.trouble(image);
    if (trouble.isPresent() && this == ALWAYS) {
      throw new IllegalStateException(
          "no container of " + image + ": " + trouble.get() + " (" + SETTING + "=always)");
    }
    log.info(
        trouble.isEmpty() ? "{} runs in a container" : "{} does not run in a container: {}",
        image,
        trouble.orElse(""));
    return trouble.isEmpty();
  }
}
