package io.gatepost.scanner.plan;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decisions by one scanner's answers.
///
/// @param name of the scanner in the settings, in lower case with hyphens
/// @param classes for which it is asked
/// @param refuseAbove points from which on a message is bad, whatever the scanner calls it
/// @param quarantineAbove points from which on it is put aside
/// @param markAbove points from which on it is marked
/// @param unavailable what becomes of mail of each class that it cannot look at
/// @param actions what is done about bad mail of each class; refused where nothing is said
public record ScannerRule(
    String name,
    Set<MailClass> classes,
    Optional<Double> refuseAbove,
    Optional<Double> quarantineAbove,
    Optional<Double> markAbove,
    Map<MailClass, Unavailable> unavailable,
    Map<MailClass, Action> actions) {

  public ScannerRule {
    classes = Set.copyOf(classes);
    unavailable = Map.copyOf(unavailable);
    actions = Map.copyOf(actions);
  }

  /// A scanner that is asked about all mail, and whose word is followed.
  public static ScannerRule plain(String name) {
    return new ScannerRule(
        name,
        Set.of(MailClass.values()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of());
  }

  Unavailable unavailable(MailClass mailClass) {
    return unavailable.getOrDefault(mailClass, Unavailable.DEFER);
  }

  Action action(MailClass mailClass) {
    return actions.getOrDefault(mailClass, Action.REFUSE);
  }
}
