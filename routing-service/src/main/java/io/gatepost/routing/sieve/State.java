package io.gatepost.routing.sieve;

import io.gatepost.contract.address.ForwardPath;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// State at one place of a script, by all ways that lead there.
final class State {

  /// Whether something has put the message into the mailbox.
  Tri kept = Tri.NO;

  /// Whether something has cancelled the implicit keep (RFC 5228 §2.10.2).
  Tri cancelled = Tri.NO;

  Tri rejected = Tri.NO;
  Optional<String> words = Optional.empty();

  /// Whether the sender is to get an automatic reply.
  Tri answered = Tri.NO;

  /// Redirected to on every way.
  final Set<ForwardPath> redirects = new LinkedHashSet<>(0);

  /// Whether there are others to which only some ways redirect.
  boolean hasOpenRedirects;

  /// Values by name; empty where the content tells which. An absent one is the empty string.
  private final Map<String, Optional<String>> variables = new HashMap<>(0);

  /// Matches of the last wildcards; empty where the content tells.
  private Optional<List<String>> groups = Optional.of(List.of());

  State copy() {
    State copy = new State();
    copy.kept = kept;
    copy.cancelled = cancelled;
    copy.rejected = rejected;
    copy.words = words;
    copy.answered = answered;
    copy.redirects.addAll(redirects);
    copy.hasOpenRedirects = hasOpenRedirects;
    copy.variables.putAll(variables);
    copy.groups = groups;
    return copy;
  }

  /// Takes in what is known on another way; only what both know stays known.
  State join(State other) {
    kept = kept.join(other.kept);
    cancelled = cancelled.join(other.cancelled);
    rejected = rejected.join(other.rejected);
    words = words.equals(other.words) ? words : Optional.empty();
    answered = answered.join(other.answered);
    hasOpenRedirects |= other.hasOpenRedirects || !redirects.equals(other.redirects);
    redirects.retainAll(other.redirects);
    other.variables.forEach((name, value) -> {
      if (!value(name).equals(value)) {
        variables.put(name, Optional.empty());
      }
    });
    variables.replaceAll(
        (name, value) -> value.equals(other.value(name)) ? value : Optional.empty());
    joinGroups(other.groups);
    return this;
  }

  Optional<String> value(String name) {
    return variables.getOrDefault(name, Optional.of(""));
  }

  void set(String name, Optional<String> value) {
    variables.put(name, value);
  }

  int variables() {
    return variables.size();
  }

  Optional<List<String>> groups() {
    return groups;
  }

  void setGroups(Optional<List<String>> matched) {
    groups = matched;
  }

  void joinGroups(Optional<List<String>> others) {
    if (!groups.equals(others)) {
      groups = Optional.empty();
    }
  }
}
