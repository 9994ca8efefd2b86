package io.gatepost.edge.policy;

/// A pattern in which `*` stands for any characters, also none; all others for themselves. A name
/// is looked at in at most as many steps as both lengths multiplied, whatever a client makes it.
///
/// @param pattern in the case in which names are asked about
record Wildcard(String pattern) {

  private static final char ANY = '*';

  boolean matches(String name) {
    int at = 0;
    int inPattern = 0;
    int lastAny = -1;
    int takenByAny = 0;
    while (at < name.length()) {
      if (inPattern < pattern.length() && pattern.charAt(inPattern) == ANY) {
        lastAny = inPattern++;
        takenByAny = at;
      } else if (inPattern < pattern.length() && pattern.charAt(inPattern) == name.charAt(at)) {
        inPattern++;
        at++;
      } else if (lastAny >= 0) {
        // The part before the last star has matched for good: only that one can take more.
        inPattern = lastAny + 1;
        at = ++takenByAny;
      } else {
        return false;
      }
    }
    while (inPattern < pattern.length() && pattern.charAt(inPattern) == ANY) {
      inPattern++;
    }
    return inPattern == pattern.length();
  }
}
