package io.gatepost.contract.setting;

import io.gatepost.contract.address.DomainName;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// What this host calls itself, the same in every service: in the greeting, in HELO, in notices,
/// and where a domain's mail exchangers are looked through for ourselves.
public final class OwnHostName {

  private static final String KEY = "gatepost.edge.hostname";

  private OwnHostName() {}

  /// The name that the setting gives, or the machine's where it is blank; throws [SettingException]
  /// where it is no name.
  public static DomainName of(String setting) {
    if (setting.isBlank()) {
      return Machine.NAME;
    }
    try {
      return DomainName.of(setting.strip());
    } catch (IllegalArgumentException e) {
      throw new SettingException(KEY, setting, "a host name such as mail.example.test");
    }
  }

  /// Found out once, where it is needed: it may take the DNS.
  private static final class Machine {
    private static final DomainName NAME = name();

    private static DomainName name() {
      try {
        return DomainName.of(InetAddress.getLocalHost().getCanonicalHostName());
      } catch (UnknownHostException | IllegalArgumentException e) {
        return new DomainName("localhost"); // a machine without a name that could stand in a reply
      }
    }
  }
}
