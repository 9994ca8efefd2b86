package io.gatepost.contract.setting;

/// A setting is right as it is written, but its value cannot be had now: a port that another
/// program still has, an address that this host has not got yet. It may mend by itself.
public final class SettingUnavailableException extends SettingException {

  private static final long serialVersionUID = 1L;

  /// @param name the key
  /// @param value what stands there
  /// @param expected what has to come about
  public SettingUnavailableException(String name, Object value, String expected) {
    super(name, value, expected);
  }
}
