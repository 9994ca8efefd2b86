package io.gatepost.contract.setting;

import io.gatepost.contract.address.DomainName;

/// Name of this host, the same in every service: in the greeting, in HELO, in notices, and where a
/// domain's mail exchangers are looked through for ourselves.
public final class OwnHostName {

  private static final String KEY = "gatepost.edge.hostname";

  private OwnHostName() {}

  /// The name that the setting gives, or the machine's, fully qualified where it has such a name,
  /// where it is blank; throws [SettingException] where it is no name.
  public static DomainName of(String setting) {
    if (setting.isBlank()) {
      return Machine.NAME;
    }
    try {
      return DomainName.listed(setting.strip());
    } catch (IllegalArgumentException e) {
      throw new SettingException(KEY, setting, "a host name such as mail.example.test");
    }
  }

  /// Found out once, where it is needed.
  private static final class Machine {
    private static final DomainName NAME = MachineName.find();
  }
}
