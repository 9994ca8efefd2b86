package io.gatepost.contract.client;

import java.util.List;

/// The checks of the SMTP port as they are in force, and what they have said since the process
/// began.
///
/// @param checks in the order in which a session meets them
/// @param exemptions how many entries the table of exemptions has
public record PolicyReport(List<CheckReport> checks, int exemptions) {

  /// One check.
  ///
  /// @param stage where in a session it judges, such as `rcpt`
  /// @param check its name, such as `helo-syntax`
  /// @param settings that decide what it does
  public record CheckReport(
      String stage, String check, Force force, List<Setting> settings, Counts counts) {}

  /// The effect that a check may have.
  public enum Force {
    /// It refuses, or marks, as its settings say.
    ON,
    /// It is logged and counted that it would refuse.
    WARNS,
    /// Its settings leave it nothing to do.
    OFF
  }

  /// A setting as it is in force.
  ///
  /// @param key below `gatepost.edge`
  public record Setting(String key, String value) {
    public static Setting of(String key, Object value) {
      return new Setting(key, value.toString());
    }
  }

  /// How often it was asked, and what it said.
  ///
  /// @param exempt how often it was not asked, by the table of exemptions
  public record Counts(long asked, long refused, long marked, long warned, long exempt) {}
}
