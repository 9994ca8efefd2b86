package io.gatepost.delivery.intake;

import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks whether there is a broker before clients are made, and says what has changed since the
/// last look. For one thread.
final class BrokerLook {

  private static final Logger log = LoggerFactory.getLogger(BrokerLook.class);

  private final Supplier<Optional<String>> trouble;
  private Optional<String> told = Optional.empty();

  /// @param trouble tells what is wrong with the broker
  BrokerLook(Supplier<Optional<String>> trouble) {
    this.trouble = trouble;
  }

  /// Whether a broker answers. May block for some seconds.
  boolean isThere() {
    Optional<String> now = trouble.get();
    if (now.isPresent() && told.isEmpty()) {
      log.error("broker does not answer: {}", now.get());
    } else if (now.isEmpty() && told.isPresent()) {
      log.info("broker answers");
    }
    told = now;
    return now.isEmpty();
  }
}
