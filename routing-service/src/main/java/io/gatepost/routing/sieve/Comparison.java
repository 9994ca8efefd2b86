package io.gatepost.routing.sieve;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Optional;

/// How values are held against keys (RFC 5228 §2.7, RFC 5231).
///
/// @param keys in the order of the script
record Comparison(MatchType type, Collation collation, List<Key> keys) {

  enum Relation {
    GT,
    GE,
    LT,
    LE,
    EQ,
    NE;

    boolean holds(int order) {
      return switch (this) {
        case GT -> order > 0;
        case GE -> order >= 0;
        case LT -> order < 0;
        case LE -> order <= 0;
        case EQ -> order == 0;
        case NE -> order != 0;
      };
    }
  }

  sealed interface MatchType {
    record Is() implements MatchType {}

    record Contains() implements MatchType {}

    record Matches() implements MatchType {}

    record Regex() implements MatchType {}

    record Value(Relation relation) implements MatchType {}

    record Count(Relation relation) implements MatchType {}
  }

  /// @param expression compiled, where it is one without variables
  record Key(Template text, Optional<Pattern> expression) {}

  boolean setsGroups() {
    return switch (type) {
      case MatchType.Matches _, MatchType.Regex _ -> true;
      case MatchType.Is _, MatchType.Contains _, MatchType.Value _, MatchType.Count _ -> false;
    };
  }
}
