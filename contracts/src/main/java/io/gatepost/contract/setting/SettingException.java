package io.gatepost.contract.setting;

/// A setting, or a line of a table, that cannot be used. Its message is the one line that the
/// operator sees: the name, the value, and what was expected.
public sealed class SettingException extends IllegalArgumentException
    permits SettingUnavailableException {

  private static final long serialVersionUID = 1L;

  /// @param name the key, such as `gatepost.queue.ladder`, or file and line
  /// @param value what stands there
  /// @param expected what should
  public SettingException(String name, Object value, String expected) {
    super(name + " = \"" + value + "\" (expected: " + expected + ")");
  }
}
