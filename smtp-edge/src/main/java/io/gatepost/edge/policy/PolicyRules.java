package io.gatepost.edge.policy;

import io.gatepost.contract.setting.SettingException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The settings that hold for all checks.
///
/// @param warnOnly checks whose refusals are logged and counted, and refuse nothing
/// @param exemptions the table as it is now
public record PolicyRules(Set<CheckName> warnOnly, Supplier<Exemptions> exemptions) {

  /// Every check refuses, and nobody is exempt.
  public static final PolicyRules STANDARD = new PolicyRules(Set.of(), () -> Exemptions.NONE);

  public PolicyRules {
    warnOnly = Set.copyOf(warnOnly);
  }

  /// Reads the names of checks that warn only; throws [SettingException] for a name that is none,
  /// or a check that must stay in force.
  public static Set<CheckName> warnOnly(String key, List<String> names) {
    Set<CheckName> checks = EnumSet.noneOf(CheckName.class);
    for (String name : names) {
      checks.add(
          named(name, CheckName::mayWarnOnly)
              .orElseThrow(() -> unknown(key, name, CheckName::mayWarnOnly)));
    }
    return checks;
  }

  /// The check of a name, where it is one of these.
  static Optional<CheckName> named(String name, Predicate<CheckName> allowed) {
    return CheckName.ofLabel(name.strip()).filter(allowed);
  }

  /// The mistake that a name is none of these.
  static SettingException unknown(String key, String name, Predicate<CheckName> allowed) {
    return new SettingException(
        key,
        name,
        Arrays.stream(CheckName.values())
            .filter(allowed)
            .map(CheckName::label)
            .collect(Collectors.joining(", ", "one of ", "")));
  }
}
