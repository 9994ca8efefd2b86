package io.gatepost.edge.dnslist;

/// Treatment of a client that is on a list, the mildest first.
public enum ListAction {
  /// It is let in, whatever other lists say.
  ALLOW,
  /// Its messages are marked.
  MARK,
  /// It is told to come back later.
  DEFER,
  /// It is refused.
  REFUSE
}
