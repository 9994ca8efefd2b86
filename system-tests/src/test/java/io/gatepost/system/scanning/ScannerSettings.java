package io.gatepost.system.scanning;

import java.util.LinkedHashMap;
import java.util.Map;

/// Settings of a suite with scanners.
final class ScannerSettings {

  private final Map<String, String> all = new LinkedHashMap<>();
  private int scanners;

  /// Breakers that look again soon, a quarantine, and late scans that are put off for a short time.
  ScannerSettings() {
    String breakers = "resilience4j.circuitbreaker.configs.scanner.";
    all.put(breakers + "wait-duration-in-open-state", "500ms");
    all.put(breakers + "exponential-max-wait-duration-in-open-state", "1s");
    all.put("gatepost.queue.quarantine.enabled", "true");
  }

  /// One more scanner.
  ///
  /// @param others keys and values in turn
  ScannerSettings with(String name, String type, String address, String... others) {
    String key = "gatepost.scanner.scanners[" + scanners++ + "].";
    all.put(key + "name", name);
    all.put(key + "type", type);
    all.put(key + "address", address);
    for (int i = 0; i < others.length; i += 2) {
      all.put(key + others[i], others[i + 1]);
    }
    return this;
  }

  /// Another setting.
  ScannerSettings set(String key, String value) {
    all.put(key, value);
    return this;
  }

  /// All by their keys.
  Map<String, String> map() {
    return Map.copyOf(all);
  }
}
