package io.gatepost.allinone.send;

import io.gatepost.contract.address.DomainName;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// Who sends from here, where nobody says otherwise.
public final class ThisHost {

  private static final int MAX_LOCAL_PART = 64;

  private ThisHost() {}

  /// The host's name.
  public static String name() {
    try {
      return DomainName.of(InetAddress.getLocalHost().getHostName()).text();
    } catch (UnknownHostException | IllegalArgumentException e) {
      return "localhost";
    }
  }

  /// The user's name, where it is a local part.
  public static String userName() {
    String name = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "");
    return name.isEmpty() || name.length() > MAX_LOCAL_PART || name.startsWith(".")
        ? "postmaster"
        : name;
  }
}
