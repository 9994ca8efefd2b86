package io.gatepost.bench;

import io.gatepost.bench.load.SmtpSource;

/// A load of messages.
///
/// @param kept whether a connection is used for many messages
/// @param size of the content, in octets
record RelayScenario(int concurrency, boolean kept, int size) {

  SmtpSource source() {
    return new SmtpSource(concurrency, size, kept);
  }

  @Override
  public String toString() {
    String octets = size % 1024 == 0 ? size / 1024 + " KiB" : size + " B";
    return "%s, %d connections, %s".formatted(octets, concurrency, kept ? "kept" : "not kept");
  }
}
