package io.gatepost.edge;

import io.gatepost.contract.address.DomainName;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// What this machine calls itself where the settings do not say it.
final class MachineName {

  private MachineName() {}

  static String get() {
    try {
      return DomainName.of(InetAddress.getLocalHost().getCanonicalHostName()).text();
    } catch (UnknownHostException | IllegalArgumentException e) {
      return "localhost"; // a machine without a name that could stand in a reply
    }
  }
}
