package io.gatepost.cli.send;

import io.gatepost.contract.setting.OwnHostName;

/// Who sends from here, where nobody says otherwise.
public final class ThisHost {

  private static final int MAX_LOCAL_PART = 64;

  private ThisHost() {}

  /// The machine's name, as the server's default.
  public static String name() {
    return OwnHostName.of("").text();
  }

  /// The user's name, where it is a local part.
  public static String userName() {
    String name = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "");
    return name.isEmpty() || name.length() > MAX_LOCAL_PART || name.startsWith(".")
        ? "postmaster"
        : name;
  }
}
