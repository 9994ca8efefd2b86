package io.gatepost.bench.mta;

/// Work of a system in a benchmark.
public enum Work {
  /// Take messages and hand them to a fixed next hop.
  RELAY,
  /// The same, with each message at its next hop before it is taken, where the system can do that.
  EARLY,
  /// Refuse unknown users of a local domain at `RCPT`.
  REJECT,
  /// The same, where clients are looked up in the DNS lists of [ListZones].
  LISTS,
  /// Take and refuse all classes of [Traffic].
  MIX,
  /// Ask the next hop of a relayed domain whether it knows a recipient, before `RCPT` is answered.
  CALLOUT,
  /// Hold idle sessions.
  IDLE,
  /// The same as [#RELAY], with each message shown to a scanner before it is taken, or to none.
  SCAN,
  /// Keep what a next hop does not take, and try it again.
  QUEUE
}
